using Builder.Diagnostics;

namespace Builder.Linux;

/// <summary>The codes of this room; those from 5000 say that the machine, not the input, is to blame.</summary>
public static class LinuxErrors
{
    /// <summary>A system call failed in a way nobody above could explain better.</summary>
    public static readonly ErrorCode SystemCall = new(5001);

    /// <summary>The C library is laid out in a way that child processes cannot use.</summary>
    public static readonly ErrorCode CLibrary = new(5002);

    /// <summary>The machine does not let this user make a user namespace.</summary>
    public static readonly ErrorCode UserNamespace = new(5003);

    /// <summary>The ids of a user namespace could not be mapped.</summary>
    public static readonly ErrorCode IdMap = new(5004);

    /// <summary>A limit, or another service of a control group, cannot be had on this machine.</summary>
    public static readonly ErrorCode ControlGroup = new(5205);

    /// <summary>The parent of a control group is none.</summary>
    public static readonly ErrorCode ControlGroupParent = new(2068);

    /// <summary>A system call policy cannot be read, or asks for what no filter can do.</summary>
    public static readonly ErrorCode SeccompProfile = new(2069);
}
