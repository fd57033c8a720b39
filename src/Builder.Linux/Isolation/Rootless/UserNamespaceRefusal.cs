using Builder.Diagnostics;

namespace Builder.Linux.Isolation;

/// <summary>The gates that a machine may have in front of user namespaces, and who can open each.</summary>
internal static class UserNamespaceRefusal
{
    private const string MostNamespaces = "/proc/sys/user/max_user_namespaces";
    private const string DebianSwitch = "/proc/sys/kernel/unprivileged_userns_clone";
    private const string AppArmorSwitch = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";
    private const string Status = "/proc/self/status";

    public static BuilderException Explain(Errno errno, Func<string, string?> readSetting) => new(
        LinuxErrors.UserNamespace,
        $"this user may not make a user namespace: {Reason(errno, readSetting)}",
        Remedy(errno, readSetting));

    public static string? Remedy(Errno errno, Func<string, string?> readSetting) => Find(errno, readSetting).Remedy;

    /// <summary>The text of a file under /proc, null when there is none.</summary>
    public static string? ReadSetting(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string Reason(Errno errno, Func<string, string?> readSetting) => Find(errno, readSetting).Reason;

    private static (string Reason, string? Remedy) Find(Errno errno, Func<string, string?> readSetting) => errno switch
    {
        _ when readSetting(MostNamespaces) == "0" =>
            ("user.max_user_namespaces is 0", "as root: sysctl -w user.max_user_namespaces=15000"),
        _ when readSetting(DebianSwitch) == "0" =>
            ("kernel.unprivileged_userns_clone is 0", "as root: sysctl -w kernel.unprivileged_userns_clone=1"),
        _ when readSetting(AppArmorSwitch) == "1" =>
            ("AppArmor restricts user namespaces", "as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or load an AppArmor profile for Builder that allows userns"),
        Errno.EPERM when readSetting(Status)?.Contains("Seccomp:\t2", StringComparison.Ordinal) == true =>
            ("a seccomp filter forbids it", "start the container that Builder runs in with --security-opt seccomp=unconfined"),
        Errno.ENOSPC or Errno.EUSERS => ("the limit on user namespaces is reached", "raise user.max_user_namespaces, or nest them less deep"),
        Errno.EINVAL => ("the kernel has no user namespaces", "use a kernel with CONFIG_USER_NS, or build as root"),
        _ => (errno.Describe(), "a security module may forbid it; building as root needs no user namespace"),
    };
}
