using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>What to tell the user when an operation of the script fails.</summary>
internal sealed class FailureExplanations
{
    private readonly Dictionary<ScriptOperation, Func<Errno, BuilderException>> known = [];

    /// <summary>The operation that loads the user's own system call policy, which everything after it runs under.</summary>
    public ScriptOperation? Policy { get; set; }

    public void Add(ScriptOperation operation, Func<Errno, BuilderException> explain) => known.Add(operation, explain);

    public BuilderException Explain(ScriptFailure failure) =>
        known.TryGetValue(failure.Operation, out var explain)
            ? explain(failure.Errno)
            : new BuilderException(ContainersErrors.SetUp, $"setting up the container: {failure}", Remedy(failure));

    /// <summary>clone(2) itself failed.</summary>
    public static BuilderException Explain(LinuxException refused) => new(
        ContainersErrors.Namespaces,
        $"the kernel refuses to make a container's namespaces: {refused.Errno.Describe()}",
        refused.Errno switch
        {
            Errno.EPERM => "root may make them, and other users inside a user namespace; inside another container allow clone(2) with --security-opt seccomp=unconfined",
            Errno.ENOSPC => "raise the limits in /proc/sys/user (max_mnt_namespaces, max_pid_namespaces and so on)",
            Errno.EINVAL => "the kernel lacks one of the mount, pid, network, uts, ipc and cgroup namespaces",
            Errno.EAGAIN or Errno.ENOMEM => "free memory, or raise the limit on processes (ulimit -u)",
            _ => null,
        },
        inner: refused);

    private string? Remedy(ScriptFailure failure) => failure.Errno switch
    {
        _ when Policy is { } policy && failure.Operation.Index > policy.Index =>
            $"the policy of --security-opt seccomp has to allow {failure.Operation.Call.ToString().ToLowerInvariant()}; with --security-opt no-new-privileges it is loaded last and needs to allow less",
        Errno.EINVAL when failure.Operation.Call == SystemCall.Mount =>
            "the root directory is no mount point, as in a chroot: bind the folder on itself (mount --bind) before entering it",
        Errno.ENOSYS => "Linux 5.12 or newer is needed; inside another container its seccomp filter may hide the call",
        Errno.EPERM when failure.Operation.Call == SystemCall.FsMount =>
            "inside another container the kernel only mounts proc and sysfs when the outer ones are unmasked (--security-opt systempaths=unconfined)",
        Errno.EACCES or Errno.EPERM when !UserNamespace.Current.IsInitial =>
            "a security module may restrict user namespaces (see kernel.apparmor_restrict_unprivileged_userns)",
        _ => null,
    };
}
