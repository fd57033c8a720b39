using Builder.Diagnostics;

namespace Builder.Linux;

/// <summary>A system call that failed: which call, on what, and the kernel's answer.</summary>
public sealed class LinuxException(string call, string subject, Errno errno, string? hint = null)
    : BuilderException(LinuxErrors.SystemCall, Describe(call, subject, errno), hint)
{
    /// <summary>The system call's name as in its manual page.</summary>
    public string Call { get; } = call;

    /// <summary>What it was applied to, mostly a path; for people, not for programs.</summary>
    public string Subject { get; } = subject;

    public Errno Errno { get; } = errno;

    private static string Describe(string call, string subject, Errno errno) =>
        subject.Length == 0 ? $"{call}: {errno.Describe()}" : $"{call} {subject}: {errno.Describe()}";
}
