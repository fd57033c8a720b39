namespace Builder.Cli.Reports;

/// <summary>What ran when: a bar a step on one axis of time.</summary>
internal static class GanttDrawing
{
    private const int LabelWidth = 320;
    private const int BarsWidth = 620;
    private const int RowHeight = 24;
    private const int AxisHeight = 26;
    private const int NameLength = 46;
    private const double LeastBar = 1.5;

    /// <summary>Lengths of time that people count in, in seconds.</summary>
    private static readonly double[] Units = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200];

    public static Markup Draw(BuildRecord build)
    {
        var ran = build.Steps.Where(step => step.Ran).OrderBy(step => step.Start).ToList();
        if (ran.Count == 0)
        {
            return Markup.Of($"<p>Nothing had to run: all was in the cache.</p>");
        }

        var total = Math.Max(0.001, Math.Max(build.Seconds, ran.Max(step => step.Start + step.Seconds)));
        var height = AxisHeight + (ran.Count * RowHeight) + 4;
        var width = LabelWidth + BarsWidth + 70;
        var rows = ran.Select((step, row) => Row(step, AxisHeight + (row * RowHeight), total));
        return Markup.Of($"""<svg id="gantt" role="img" aria-label="Timings" viewBox="0 0 {width} {height}" width="{width}">{Markup.Join(Axis(total, height))}{Markup.Join(rows)}</svg>""");
    }

    private static IEnumerable<Markup> Axis(double total, int height)
    {
        var unit = Units.FirstOrDefault(unit => total / unit <= 8, Units[^1]);
        for (var tick = 0; tick <= Math.Min(total / unit, 100); tick++)
        {
            var x = LabelWidth + (tick * unit / total * BarsWidth);
            yield return Markup.Of($"""<line class="tick" x1="{x}" y1="18" x2="{x}" y2="{height}"/><text class="detail" x="{x}" y="12" text-anchor="middle">{TickText(tick * unit)}</text>""");
        }
    }

    private static Markup Row(RecordedStep step, double y, double total)
    {
        var x = LabelWidth + (step.Start / total * BarsWidth);
        var length = Math.Max(LeastBar, step.Seconds / total * BarsWidth);
        return Markup.Of($"""
            <g class="bar {GraphDrawing.ClassOf(step)}"><title>{step.Name}: {GraphDrawing.Clock(step.Seconds)}</title><text x="4" y="{y + 16}">{GraphDrawing.Shorten(step.Name, NameLength)}</text><rect x="{x}" y="{y + 4}" width="{length}" height="{RowHeight - 8}" rx="3"/><text class="detail" x="{x + length + 5}" y="{y + 16}">{GraphDrawing.Clock(step.Seconds)}</text></g>
            """);
    }

    private static string TickText(double seconds) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Round(seconds, 3)}s");
}
