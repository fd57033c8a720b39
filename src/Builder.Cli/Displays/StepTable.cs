using Builder.Cli.Reports;

namespace Builder.Cli.Displays;

/// <summary>
/// The end of a build on a terminal: what each step that ran took of time and of the machine, and what the cache saved.
/// <code>
/// STEP                    TIME    CPU  MEMORY  WRITTEN
/// [1/3] FROM base         1.2s
/// [2/3] RUN make         12.3s  11.0s   120MB    3.4MB
/// total 14.2s, 3 of 5 steps cached, 20.1s saved
/// </code>
/// In a narrow window the last columns are left away before names get too short to be told apart.
/// </summary>
internal static class StepTable
{
    private const int Gap = 2;
    private const int LeastName = 16;
    private const int TimeColumn = 0;
    private static readonly TimeSpan Tellable = TimeSpan.FromMilliseconds(50);
    private static readonly string[] Headings = ["TIME", "CPU", "MEMORY", "WRITTEN"];

    public static IReadOnlyList<string> Render(BuildAccount account, int columns, Style style)
    {
        if (account.Steps.Count == 0)
        {
            return [];
        }

        var ran = account.Steps.Where(step => !step.IsCached).ToList();
        return [.. ran.Count == 0 ? [] : Rows(account, ran, columns, style), Total(account)];
    }

    private static IEnumerable<string> Rows(BuildAccount account, List<LedgerStep> ran, int columns, Style style)
    {
        var cells = ran.ConvertAll(step => Cells(step, account.Ended));
        var widths = Headings.Select((heading, i) => Math.Max(heading.Length, cells.Max(row => row[i].Length))).ToList();
        var shown = Enumerable.Range(0, Headings.Length).Where(i => i == TimeColumn || cells.Exists(row => row[i].Length > 0)).ToList();
        while (shown.Count > 1 && columns - NumbersWidth() < LeastName)
        {
            shown.RemoveAt(shown.Count - 1);
        }

        var name = Math.Max(0, Math.Min(columns - NumbersWidth(), ran.Max(step => Columns.Width(Columns.Clean(step.Name)))));
        yield return style.Faint(Columns.Fit(Line("STEP", Headings), columns));
        foreach (var (step, row) in ran.Zip(cells))
        {
            var line = Columns.Fit(Line(Columns.Fit(step.Name, name), row), columns);
            yield return step.Fate is StepFate.Failed or StepFate.Canceled ? style.Failed(line) : line;
        }

        int NumbersWidth() => shown.Sum(i => widths[i] + Gap);

        string Line(string first, IReadOnlyList<string> values) =>
            (first + new string(' ', Math.Max(0, name - Columns.Width(first))) + string.Concat(shown.Select(i => new string(' ', Gap) + values[i].PadLeft(widths[i])))).TrimEnd();
    }

    private static string[] Cells(LedgerStep step, DateTimeOffset end)
    {
        var clock = StepRow.Clock(step.Took(end));
        return
        [
            step.Fate switch { StepFate.Failed => "ERROR " + clock, StepFate.Canceled or StepFate.Running => "CANCELED " + clock, _ => clock },
            step.Usage is { } usage ? StepRow.Clock(usage.CpuTime) : "",
            step.Usage?.PeakMemory is { } peak ? Sizes.Format(peak) : "",
            step.Usage is { } used ? Sizes.Format(used.WrittenBytes) : "",
        ];
    }

    private static string Total(BuildAccount account)
    {
        var cached = account.CachedSteps == 0 ? ""
            : account.CachedSteps == account.Steps.Count ? ", all steps cached"
            : $", {account.CachedSteps} of {account.Steps.Count} steps cached";
        var saved = account.Saved >= Tellable ? $", {StepRow.Clock(account.Saved)} saved" : "";
        return $"total {StepRow.Clock(account.Total)}{cached}{saved}";
    }
}
