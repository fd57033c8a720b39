using System.Globalization;

namespace Builder.Linux.Isolation;

/// <summary>Which ids this process's user namespace knows, from /proc/self/uid_map and gid_map (user_namespaces(7)).</summary>
/// <param name="Users">The mapped ranges of user ids, as counted inside.</param>
/// <param name="IsInitial">Whether every id is mapped onto itself, as only in the machine's first namespace.</param>
public sealed record UserNamespace(IdMap Users, IdMap Groups, bool IsInitial)
{
    /// <summary>That of this process; it never changes, since a runtime with several threads cannot change it.</summary>
    public static UserNamespace Current { get; } = Read(File.ReadAllText("/proc/self/uid_map"), File.ReadAllText("/proc/self/gid_map"));

    /// <summary>No id but one is mapped: files of other owners cannot exist, and setgroups(2) is denied.</summary>
    public bool HasSingleId => Users.Count == 1;

    public static UserNamespace Read(string userMap, string groupMap)
    {
        var users = IdMap.Parse(userMap);
        return new UserNamespace(users, IdMap.Parse(groupMap), users.Ranges is [{ Inside: 0, Outside: 0, Length: uint.MaxValue }]);
    }
}

/// <summary>Ids that a user namespace knows, in the kernel's three columns.</summary>
public sealed record IdMap(IReadOnlyList<IdRange> Ranges)
{
    public long Count => Ranges.Sum(range => (long)range.Length);

    public bool Contains(uint inside) => Ranges.Any(range => inside >= range.Inside && inside - range.Inside < range.Length);

    /// <summary>A map of the ids onto themselves, for a namespace inside this one that knows the same.</summary>
    public IdMap Identity() => new([.. Ranges.Select(range => range with { Outside = range.Inside })]);

    public static IdMap Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new IdMap([.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(IdRange.Parse)]);
    }

    /// <summary>What is written to /proc/PID/uid_map.</summary>
    public override string ToString() => string.Concat(Ranges.Select(range => range + "\n"));
}

/// <summary><paramref name="Length"/> ids from <paramref name="Inside"/> are those from <paramref name="Outside"/> in the parent namespace.</summary>
public sealed record IdRange(uint Inside, uint Outside, uint Length)
{
    public override string ToString() => $"{Inside} {Outside} {Length}";

    internal static IdRange Parse(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var inside, var outside, var length]
            ? new IdRange(Number(inside), Number(outside), Number(length))
            : throw new FormatException($"not a line of an id map: {line}");

    private static uint Number(string text) => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
