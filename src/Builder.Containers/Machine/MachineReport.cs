using System.Globalization;
using System.Runtime.InteropServices;
using Builder.Containers.Launch;
using Builder.Containers.Networking;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;

namespace Builder.Containers.Machine;

/// <summary>What this machine offers to containers, found by looking and trying, and what each lack costs.</summary>
public static class MachineReport
{
    private static readonly string[] Helpers = ["pasta", "criu", "fuse-overlayfs"];

    /// <param name="refusal">Why this user cannot enter a user namespace; null when nobody needs to.</param>
    public static IReadOnlyList<MachineFact> Make(Diagnostics.BuilderException? refusal) =>
    [
        new("kernel", "Kernel", $"{Read("/proc/sys/kernel/osrelease") ?? "unknown"} {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}"),
        User(refusal),
        Ids(),
        Namespaces(),
        ControlGroups(),
        Freezer(),
        Seccomp(),
        SecurityModule(),
        OverlayLayers(),
        Network(),
        Runtimes(),
        Programs(),
        Emulation(),
    ];

    private static MachineFact User(Diagnostics.BuilderException? refusal) => (refusal, HostFeatures.Current.InUserNamespace, Environment.IsPrivilegedProcess) switch
    {
        (not null, _, _) => new("user", "User", "no user namespace", $"no RUN step can be run: {refusal.Message}; {refusal.Hint}"),
        (_, true, _) => new("user", "User", "root of a user namespace (rootless)"),
        (_, _, true) => new("user", "User", "root"),
        _ => new("user", "User", "an ordinary user outside of a user namespace"),
    };

    private static MachineFact Ids()
    {
        var count = UserNamespace.Current.Users.Count;
        return count == 1
            ? new("ids", "User ids", "1", "images whose files have several owners cannot be unpacked faithfully, and USER can only be root: give this user ranges in /etc/subuid and /etc/subgid and install uidmap")
            : new("ids", "User ids", count >= uint.MaxValue - 1 ? "all" : count.ToString(CultureInfo.InvariantCulture));
    }

    private static MachineFact Namespaces()
    {
        (string File, string Name)[] kinds = [("mnt", "mount"), ("pid", "pid"), ("net", "network"), ("uts", "uts"), ("ipc", "ipc"), ("user", "user"), ("cgroup", "cgroup"), ("time", "time")];
        var there = kinds.Where(kind => File.Exists("/proc/self/ns/" + kind.File) && (kind.Name != "time" || HostFeatures.Current.HasTimeNamespaces)).Select(kind => kind.Name).ToList();
        var missing = kinds.Select(kind => kind.Name).Except(there).ToList();
        return new("namespaces", "Namespaces", string.Join(' ', there), missing.Count == 0 ? null : $"containers share with the machine: {string.Join(' ', missing)}");
    }

    private static MachineFact ControlGroups()
    {
        var tree = ControlGroupTree.OfThisMachine;
        var unified = tree.UnifiedMount is null ? null : Read($"{tree.UnifiedMount}/cgroup.controllers");
        var controllers = tree.Controllers.Keys.Concat((unified ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal);
        var mode = tree.Mode switch { ControlGroupMode.None => "none", ControlGroupMode.V1 => "version 1", ControlGroupMode.V2 => "version 2", _ => "hybrid" };
        var refused = Refusal(new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 1_000_000 } });
        return new("controlGroups", "Control groups", $"{mode}: {string.Join(' ', controllers)}".TrimEnd(' ', ':'), refused is null ? null : $"no --memory, --cpu-*, --pids-limit: {refused}");
    }

    private static MachineFact Freezer()
    {
        var refused = Refusal(new ControlGroupRequest { CanFreeze = true });
        return new("freezer", "Freezing", refused is null ? "yes" : "no", refused is null ? null : $"containers cannot be paused: {refused}");
    }

    private static string? Refusal(ControlGroupRequest request)
    {
        try
        {
            ControlGroup.Create(request).Dispose();
            return null;
        }
        catch (Diagnostics.BuilderException refused)
        {
            return $"{refused.Message[(refused.Message.IndexOf("cannot be had: ", StringComparison.Ordinal) is var at and >= 0 ? at + "cannot be had: ".Length : 0)..]}; {refused.Hint}";
        }
    }

    private static MachineFact Seccomp() => Read("/proc/sys/kernel/seccomp/actions_avail") is { } actions
        ? new("seccomp", "System call filter", actions)
        : new("seccomp", "System call filter", "none", "no container can be started but with --security-opt seccomp=unconfined: use a kernel with CONFIG_SECCOMP_FILTER");

    private static MachineFact SecurityModule()
    {
        var modules = SecurityModules.OfThisMachine;
        var active = new[] { modules.HasAppArmor ? "AppArmor" : null, modules.HasSelinux ? "SELinux" : null }.OfType<string>().ToList();
        return active.Count > 0
            ? new("securityModule", "Security module", string.Join(' ', active))
            : new("securityModule", "Security module", "none", "--security-opt apparmor= and label= are refused; namespaces, capabilities and the system call filter still hold");
    }

    private static MachineFact OverlayLayers() => HostFeatures.Current.LowerDirsOneByOne
        ? new("overlayLayers", "Overlay layers", "up to 500")
        : new("overlayLayers", "Overlay layers", "as many as fit on a page", "images with very many layers cannot be mounted: Linux 6.8 has no such limit");

    private static MachineFact Network() => PrivateNetwork.Obstacle is { } obstacle
        ? new("networks", "Networks", "host none", $"steps share the host's network: {obstacle}")
        : new("networks", "Networks", "private host none");

    private static MachineFact Runtimes() => new("runtimes", "Runtimes", string.Join(' ', OciRuntime.OfThisMachine.Prepend(OciRuntime.Own)));

    private static MachineFact Programs()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var found = Helpers.Where(name => folders.Any(folder => File.Exists(Path.Combine(folder, name)))).ToList();
        return new("programs", "Other programs", found.Count > 0 ? string.Join(' ', found) : "none", found.Contains("criu") ? null : "running containers cannot be checkpointed: install criu");
    }

    private static MachineFact Emulation()
    {
        const string Folder = "/proc/sys/fs/binfmt_misc";
        try
        {
            var found = Directory.EnumerateFiles(Folder, "qemu-*").Select(file => Path.GetFileName(file)["qemu-".Length..]).Order(StringComparer.Ordinal).ToList();
            if (found.Count > 0)
            {
                return new("emulation", "Emulation", string.Join(' ', found));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not mounted is as good as empty.
        }

        return new("emulation", "Emulation", "none", "RUN steps of other architectures do not start: install qemu-user-static with binfmt-support");
    }

    private static string? Read(string path)
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
}
