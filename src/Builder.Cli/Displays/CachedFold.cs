namespace Builder.Cli.Displays;

/// <summary>Steps in a row that were in the cache, as one line: nobody waits for them, and a hundred would push away what is of interest.</summary>
internal sealed class CachedFold
{
    private string? first;
    private int others;

    public void Add(string step)
    {
        if (first is null)
        {
            first = step;
        }
        else
        {
            others++;
        }
    }

    /// <summary>Null when there is none.</summary>
    public string? Line(int columns, Style style)
    {
        if (first is null)
        {
            return null;
        }

        const string Head = "=> ";
        var end = others switch
        {
            0 => "  CACHED",
            1 => " and 1 more  CACHED",
            _ => $" and {others} more  CACHED",
        };
        return style.Done(Columns.Fit(Head + Columns.Fit(first, Math.Max(0, columns - Head.Length - end.Length)) + end, columns));
    }

    public void Clear() => (first, others) = (null, 0);
}
