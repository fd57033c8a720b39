using Builder.Linux.ControlGroups;

namespace Builder.Linux.Tests.ControlGroups;

/// <summary>A tree in memory that keeps the rules of the kernel which matter here: what a new group has, and who may write what.</summary>
internal sealed class FakeControlGroups : IControlGroupFiles
{
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);

    /// <summary>What a new directory below a mount has, by the mount.</summary>
    public Dictionary<string, string[]> NewFiles { get; } = [];

    public HashSet<string> ReadOnly { get; } = [];

    public List<string> Removed { get; } = [];

    public string this[string path]
    {
        get => files[path];
        set => files[path] = value;
    }

    public void Mount(string path, params string[] filesOfGroups)
    {
        NewFiles[path] = filesOfGroups;
        MakeDirectory(path);
    }

    public IEnumerable<string> Directories => files.Keys.Where(path => path.EndsWith('/')).Select(path => path.TrimEnd('/'));

    public bool Exists(string path) => files.ContainsKey(path) || files.ContainsKey(path + "/");

    public string? Read(string path) => files.GetValueOrDefault(path);

    public void Write(string path, string text)
    {
        if (ReadOnly.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new LinuxException("open", path, Errno.EACCES);
        }

        if (!files.TryGetValue(path, out var old))
        {
            throw new LinuxException("open", path, Errno.ENOENT);
        }

        var folder = path[..path.LastIndexOf('/')];
        if (path.EndsWith("/cgroup.subtree_control", StringComparison.Ordinal))
        {
            if (files[folder + "/cgroup.procs"].Length > 0)
            {
                throw new LinuxException("write", path, Errno.EBUSY);
            }

            text = (old + " " + text.TrimStart('+')).Trim();
            foreach (var child in Children(folder))
            {
                files[$"{folder}/{child}/cgroup.controllers"] = text;
            }
        }

        if (path.EndsWith("/cgroup.procs", StringComparison.Ordinal))
        {
            foreach (var other in files.Keys.Where(each => each.EndsWith("/cgroup.procs", StringComparison.Ordinal)).ToList())
            {
                files[other] = string.Concat(files[other].Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(id => id != text).Select(id => id + "\n"));
            }

            text = files[path] + text + "\n";
        }

        files[path] = text;
    }

    public void MakeDirectory(string path)
    {
        if (ReadOnly.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new LinuxException("mkdir", path, Errno.EACCES);
        }

        files.TryAdd(path + "/", "");
        var mount = NewFiles.Keys.First(each => path == each || path.StartsWith(each + "/", StringComparison.Ordinal));
        foreach (var file in NewFiles[mount])
        {
            files.TryAdd($"{path}/{file}", "");
        }

        // A group's controllers are those that its parent passes on.
        if (files.TryGetValue($"{path[..path.LastIndexOf('/')]}/cgroup.subtree_control", out var passed))
        {
            files[$"{path}/cgroup.controllers"] = passed;
        }
    }

    public bool RemoveDirectory(string path)
    {
        Removed.Add(path);
        return files.Remove(path + "/");
    }

    public IReadOnlyList<string> Children(string path) =>
        [.. files.Keys.Where(each => each.EndsWith('/') && each.StartsWith(path + "/", StringComparison.Ordinal) && each.Length > path.Length + 1).Select(each => each[(path.Length + 1)..^1]).Where(name => !name.Contains('/', StringComparison.Ordinal))];
}
