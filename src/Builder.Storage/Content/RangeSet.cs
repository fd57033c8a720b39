using System.Globalization;

namespace Builder.Storage.Content;

/// <summary>Which bytes of a file are there: runs from a start up to an end, ascending, that neither touch nor overlap.</summary>
internal sealed class RangeSet
{
    private readonly List<(long Start, long End)> runs = [];

    public void Add(long start, long end)
    {
        if (start >= end)
        {
            return;
        }

        var first = runs.FindIndex(run => run.End >= start);
        if (first < 0)
        {
            runs.Add((start, end));
            return;
        }

        var count = 0;
        for (; first + count < runs.Count && runs[first + count].Start <= end; count++)
        {
            start = Math.Min(start, runs[first + count].Start);
            end = Math.Max(end, runs[first + count].End);
        }

        runs.RemoveRange(first, count);
        runs.Insert(first, (start, end));
    }

    public void Clear() => runs.Clear();

    /// <summary>The gaps up to <paramref name="size"/>.</summary>
    public IReadOnlyList<(long Start, long End)> Gaps(long size)
    {
        var gaps = new List<(long Start, long End)>();
        var from = 0L;
        foreach (var (start, end) in runs)
        {
            if (start > from)
            {
                gaps.Add((from, start));
            }

            from = end;
        }

        if (from < size)
        {
            gaps.Add((from, size));
        }

        return gaps;
    }

    /// <summary>One run a line, <c>start-end</c>.</summary>
    public override string ToString() => string.Concat(runs.Select(run => string.Create(CultureInfo.InvariantCulture, $"{run.Start}-{run.End}\n")));

    /// <summary>Null for a text that was never written so, or that tells of bytes beyond <paramref name="size"/>.</summary>
    public static RangeSet? Parse(string text, long size)
    {
        var set = new RangeSet();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split('-') is not [var first, var last]
                || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                || !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                || start >= end || end > size)
            {
                return null;
            }

            set.Add(start, end);
        }

        return set;
    }
}
