using Builder.Diagnostics;

namespace Builder.Linux.ControlGroups;

/// <summary>Why a limit cannot be had here, and who could change that.</summary>
internal static class ControlGroupRefusal
{
    private const string BestEffort = "or go on without it with --limits=best-effort";

    public static BuilderException Explain(string option, string? value, LinuxException refused, ControlGroupTree tree, bool isMachineRoot) => new(
        LinuxErrors.ControlGroup,
        $"{option}{(value is null ? "" : $" ({value})")} cannot be had: {Reason(refused, tree)}",
        $"{Remedy(refused, tree, isMachineRoot)}, {BestEffort}",
        inner: refused);

    private static string Reason(LinuxException refused, ControlGroupTree tree) => (tree.Mode, refused.Errno) switch
    {
        (ControlGroupMode.None, _) => "no control groups are mounted on this machine",
        (_, Errno.ENOENT) => $"{refused.Subject} does not exist",
        (_, Errno.EACCES or Errno.EPERM or Errno.EROFS) => $"{refused.Subject}: {refused.Errno.Describe()}: this user has been given no control group of its own",
        (_, Errno.EBUSY) => $"{refused.Subject}: {refused.Errno.Describe()}: the group has processes, so no group below it can have controllers",
        (_, Errno.EINVAL or Errno.ERANGE) => $"{refused.Subject}: {refused.Errno.Describe()}: the kernel does not take the value",
        _ => refused.Message,
    };

    private static string Remedy(LinuxException refused, ControlGroupTree tree, bool isMachineRoot) => refused.Errno switch
    {
        _ when tree.Mode == ControlGroupMode.None => "mount them (mount -t cgroup2 none /sys/fs/cgroup)",
        Errno.EACCES or Errno.EPERM or Errno.EROFS when !isMachineRoot && tree.Mode == ControlGroupMode.V2 =>
            "start Builder with systemd-run --user --scope -p Delegate=yes",
        Errno.EACCES or Errno.EPERM or Errno.EROFS when !isMachineRoot =>
            "have root make a control group for this user in every controller's tree and start Builder in it (version 1 cannot be delegated by systemd)",
        Errno.EACCES or Errno.EPERM or Errno.EROFS => "mount the control groups writable in the container that Builder runs in",
        Errno.EBUSY => "name another group with --cgroup-parent",
        Errno.EINVAL or Errno.ERANGE => "give a value that this machine has",
        _ => "use a kernel with this controller",
    };
}
