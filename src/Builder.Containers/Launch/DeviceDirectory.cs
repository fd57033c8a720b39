using System.Globalization;
using Builder.Linux.Isolation;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// A container's /dev: its own tmpfs with the six harmless devices and what programs expect beside them. The devices
/// are the host's, bound read-only (they can be written, their mode and owner cannot), and the tmpfs opens no others:
/// without that, whoever holds CAP_MKNOD could open the host's disks.
/// </summary>
internal sealed class DeviceDirectory(SyscallScript script)
{
    private const MountAttributes Inert = MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.NoExecution;
    private const int EveryoneReadsAndWrites = 0x1b6;
    private const int Directory755 = 0x1ed;
    private const uint TtyGroup = 5;

    private static readonly string[] Nodes = ["null", "zero", "full", "random", "urandom", "tty"];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("ptmx", "pts/ptmx"),
    ];

    private readonly List<(string Name, ScriptVariable Mount)> inside = [];
    private ScriptVariable? mount;

    public ScriptVariable Mount => mount ?? throw new InvalidOperationException("made first");

    /// <summary>Makes it, not attached yet: the nodes can be put into it all the same.</summary>
    public void Make(ContainerSpec spec, HostFeatures host)
    {
        var confined = spec.IsConfined ? MountAttributes.NoDevices : MountAttributes.None;
        mount = script.NewFileSystem("tmpfs", MountAttributes.NoSetUid | confined | MountAttributes.StrictAccessTime, ("mode", "755"), ("size", "65536k"));
        foreach (var name in Nodes)
        {
            BindNode(name, "/dev/" + name);
        }

        foreach (var device in spec.Devices.DistinctBy(device => device.Name).Where(device => !Nodes.Contains(device.Name)))
        {
            MakeParents(device.Name);
            BindNode(device.Name, device.HostPath);
        }

        foreach (var (name, target) in Links)
        {
            script.MakeLink(mount, name, target);
        }

        MakeInside("pts", script.NewFileSystem("devpts", MountAttributes.NoSetUid | MountAttributes.NoExecution, TerminalOptions(host)));
        MakeInside("shm", script.NewFileSystem("tmpfs", Inert, ("mode", "1777"), ("size", spec.SharedMemorySize.ToString(CultureInfo.InvariantCulture))));
        MakeInside("mqueue", script.NewFileSystem("mqueue", Inert));
    }

    /// <summary>Attaches what is mounted inside, once this directory is attached itself.</summary>
    public void AttachInside()
    {
        foreach (var (name, each) in inside)
        {
            script.AttachMountAt(each, Mount, name, "/dev/" + name);
        }
    }

    private void MakeParents(string name)
    {
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = name.IndexOf('/', slash + 1))
        {
            script.MakeDirectory(Mount, name[..slash], Directory755).MayFail();
        }
    }

    private void BindNode(string name, string hostPath)
    {
        script.MakeFile(Mount, name, EveryoneReadsAndWrites);
        script.CopyMount(hostPath, recursive: false, out var node);
        script.RestrictMount(node, MountAttributes.ReadOnly, recursive: false, $"restricting {hostPath}");
        inside.Add((name, node));
    }

    private void MakeInside(string name, ScriptVariable fileSystem)
    {
        script.MakeDirectory(Mount, name, Directory755);
        inside.Add((name, fileSystem));
    }

    private static List<(string, string?)> TerminalOptions(HostFeatures host)
    {
        List<(string, string?)> options = [("newinstance", null), ("ptmxmode", "0666"), ("mode", "0620")];
        if (host.KnowsGroup(TtyGroup))
        {
            options.Add(("gid", TtyGroup.ToString(CultureInfo.InvariantCulture)));
        }

        return options;
    }
}
