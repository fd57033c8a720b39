using System.Text;

namespace Builder.Linux.ControlGroups;

/// <summary>The control group file systems that are mounted, and the place of this process in each.</summary>
/// <param name="Controllers">By name of a version 1 controller, the directory of this process's group.</param>
/// <param name="Unified">The directory of this process's group in the version 2 tree; null without one.</param>
/// <param name="UnifiedMount">Where that tree is mounted.</param>
public sealed record ControlGroupTree(IReadOnlyDictionary<string, ControlGroupPlace> Controllers, string? Unified, string? UnifiedMount)
{
    private static readonly Lazy<ControlGroupTree> Found = new(() => Parse(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup")));

    /// <summary>That of this machine, as it was when first asked for.</summary>
    public static ControlGroupTree OfThisMachine => Found.Value;

    public ControlGroupMode Mode => (Controllers.Count > 0, Unified) switch
    {
        (true, null) => ControlGroupMode.V1,
        (true, _) => ControlGroupMode.Hybrid,
        (false, not null) => ControlGroupMode.V2,
        _ => ControlGroupMode.None,
    };

    /// <param name="mountInfo">/proc/self/mountinfo.</param>
    /// <param name="membership">/proc/self/cgroup.</param>
    public static ControlGroupTree Parse(string mountInfo, string membership)
    {
        ArgumentNullException.ThrowIfNull(mountInfo);
        ArgumentNullException.ThrowIfNull(membership);
        var mine = Memberships(membership);
        var controllers = new SortedDictionary<string, ControlGroupPlace>(StringComparer.Ordinal);
        string? unified = null, unifiedMount = null;
        foreach (var mount in mountInfo.Split('\n').Select(Mount.Parse).OfType<Mount>())
        {
            if (mount.Type == "cgroup2" && mine.TryGetValue("", out var place))
            {
                (unified, unifiedMount) = (mount.DirectoryOf(place), mount.Point);
            }
            else if (mount.Type == "cgroup")
            {
                foreach (var controller in mount.Options.Where(mine.ContainsKey).Where(name => !name.StartsWith("name=", StringComparison.Ordinal)))
                {
                    controllers[controller] = new ControlGroupPlace(mount.Point, mount.DirectoryOf(mine[controller]));
                }
            }
        }

        return new ControlGroupTree(controllers, unified, unifiedMount);
    }

    /// <summary>The path by controller; that of version 2 under the empty name.</summary>
    private static Dictionary<string, string> Memberships(string text)
    {
        var paths = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(':', 3) is [_, var names, var path])
            {
                foreach (var name in names.Split(','))
                {
                    paths[name] = path;
                }
            }
        }

        return paths;
    }

    /// <summary>A line of mountinfo: <paramref name="Root"/> is the directory of the file system that is seen at <paramref name="Point"/>.</summary>
    private sealed record Mount(string Root, string Point, string Type, string[] Options)
    {
        public static Mount? Parse(string line)
        {
            // proc_pid_mountinfo(5): id parent device root point options optional* - type source super-options
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            return dash >= 6 && fields.Length > dash + 3
                ? new Mount(Unescape(fields[3]), Unescape(fields[4]), fields[dash + 1], fields[dash + 3].Split(','))
                : null;
        }

        /// <summary>A container often sees only its own group's part of the tree, as the mount's root.</summary>
        public string DirectoryOf(string path)
        {
            var isBelow = Root == "/" || path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal);
            var below = Root == "/" ? path : isBelow ? path[Root.Length..] : "";

            // "/.." is how a namespace shows a group outside of it.
            return !isBelow || below.StartsWith("/..", StringComparison.Ordinal) ? Point : Point.TrimEnd('/') + below.TrimEnd('/');
        }

        private static string Unescape(string text)
        {
            if (!text.Contains('\\', StringComparison.Ordinal))
            {
                return text;
            }

            var plain = new StringBuilder();
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] == '\\' && i + 3 < text.Length)
                {
                    plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                    i += 3;
                }
                else
                {
                    plain.Append(text[i]);
                }
            }

            return plain.ToString();
        }
    }
}

/// <summary>A group of a version 1 controller.</summary>
/// <param name="Mount">Where the controller's tree is mounted.</param>
/// <param name="Directory">The group, below it.</param>
public sealed record ControlGroupPlace(string Mount, string Directory);
