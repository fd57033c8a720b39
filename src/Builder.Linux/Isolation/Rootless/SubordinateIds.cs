using System.Globalization;

namespace Builder.Linux.Isolation;

/// <summary>The ids that the administrator lends to a user, from /etc/subuid or /etc/subgid (subuid(5)).</summary>
public static class SubordinateIds
{
    /// <summary>The user's ranges in the order of the file, found by name or by number; malformed lines are skipped.</summary>
    public static IReadOnlyList<(uint First, uint Count)> Of(string userName, uint userId, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var number = userId.ToString(CultureInfo.InvariantCulture);
        var ranges = new List<(uint, uint)>();
        foreach (var line in text.Split('\n'))
        {
            if (line.Trim().Split(':') is [var owner, var first, var count]
                && (owner == userName || owner == number)
                && uint.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                && uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                && length > 0)
            {
                ranges.Add((start, length));
            }
        }

        return ranges;
    }

    /// <summary>The user becomes 0, and the lent ids follow from 1 without a gap.</summary>
    public static IdMap Map(uint userId, IEnumerable<(uint First, uint Count)> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        var map = new List<IdRange> { new(0, userId, 1) };
        uint next = 1;
        foreach (var (first, count) in ranges)
        {
            map.Add(new IdRange(next, first, count));
            next += count;
        }

        return new IdMap(map);
    }
}
