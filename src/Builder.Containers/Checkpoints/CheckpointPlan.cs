namespace Builder.Containers.Checkpoints;

/// <summary>What of a running container is not its own, and has to be put in place again before its processes are restored.</summary>
/// <param name="Mounts">Mount points of what comes from outside, as mountinfo writes them (spaces as \040).</param>
/// <param name="Pipes">Of the standard streams, the number and <c>pipe:[INODE]</c>.</param>
/// <param name="Network">The inode of a network namespace that was prepared for it; null when its network is its own or the machine's.</param>
internal sealed record CheckpointPlan(IReadOnlyList<string> Mounts, IReadOnlyList<(int Stream, string Pipe)> Pipes, string? Network)
{
    private const string FileName = "builder-outside";
    private const string NetworkKey = "private";

    /// <summary>File systems that a container makes itself; those of its root's are not named.</summary>
    private static readonly string[] OwnKinds = ["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2"];

    /// <param name="mountInfo">Of the container's first process (proc_pid_mountinfo(5)).</param>
    /// <param name="linkOf">Where a link below /proc/PID leads.</param>
    public static CheckpointPlan Of(string mountInfo, Func<string, string?> linkOf, bool hasPreparedNetwork) => new(
        [.. mountInfo.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > 8).Where(IsFromOutside).Select(fields => fields[4]).Distinct()],
        [.. Enumerable.Range(0, 3).Select(stream => (stream, linkOf($"fd/{stream}") ?? "")).Where(pair => pair.Item2.StartsWith("pipe:", StringComparison.Ordinal))],
        hasPreparedNetwork && linkOf("ns/net") is { } net ? net["net:[".Length..^1] : null);

    public static CheckpointPlan Read(string folder)
    {
        var lines = File.ReadAllLines(Path.Combine(folder, FileName)).Select(line => line.Split(' ', 2)).ToList();
        return new CheckpointPlan(
            [.. lines.Where(line => line[0] == "mount").Select(line => line[1])],
            [.. lines.Where(line => line[0] is "0" or "1" or "2").Select(line => (line[0][0] - '0', line[1]))],
            lines.Find(line => line[0] == "network")?[1]);
    }

    public void Write(string folder) => File.WriteAllLines(
        Path.Combine(folder, FileName),
        [.. Mounts.Select(mount => $"mount {mount}"), .. Pipes.Select(pipe => $"{pipe.Stream} {pipe.Pipe}"), .. Network is null ? [] : new[] { $"network {Network}" }]);

    /// <summary>What <c>criu dump</c> has to leave alone.</summary>
    public IEnumerable<string> DumpArguments =>
    [
        .. Mounts.SelectMany(mount => new[] { "--external", $"mnt[{Unescaped(mount)}]:{mount}" }),
        .. Network is null ? [] : new[] { "--external", $"net[{Network}]:{NetworkKey}" },
    ];

    /// <summary>What <c>criu restore</c> takes in their place.</summary>
    /// <param name="sourceOf">Where on this machine a mount's content is, by its place in the container.</param>
    /// <param name="networkDescriptor">Where the network namespace is open.</param>
    public IEnumerable<string> RestoreArguments(Func<string, string> sourceOf, int networkDescriptor) =>
    [
        .. Mounts.SelectMany(mount => new[] { "--external", $"mnt[{mount}]:{sourceOf(Unescaped(mount))}" }),
        .. Pipes.SelectMany(pipe => new[] { "--inherit-fd", $"fd[{pipe.Stream}]:{pipe.Pipe}" }),
        .. Network is null ? [] : new[] { "--inherit-fd", $"fd[{networkDescriptor}]:{NetworkKey}" },
    ];

    /// <summary>Fields: id, parent, device, root in the file system, mount point, options, … a dash, kind, source.</summary>
    private static bool IsFromOutside(string[] fields)
    {
        var dash = Array.IndexOf(fields, "-");
        return fields[4] != "/" && dash > 0 && dash + 1 < fields.Length
            && (!OwnKinds.Contains(fields[dash + 1]) || (fields[dash + 1] == "tmpfs" && fields[3] != "/"));
    }

    private static string Unescaped(string path) =>
        path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);
}
