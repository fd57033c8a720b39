using Builder.Diagnostics;

namespace Builder.Linux;

/// <summary>The codes of this room; all of them say that the machine, not the input, is to blame.</summary>
public static class LinuxErrors
{
    /// <summary>A system call failed in a way nobody above could explain better.</summary>
    public static readonly ErrorCode SystemCall = new(5001);
}
