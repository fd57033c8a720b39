using Builder.Cli.Displays;

namespace Builder.Cli.Reports;

/// <summary>The graph of a build: a box a step, below those that it needs.</summary>
internal static class GraphDrawing
{
    private const int BoxWidth = 250;
    private const int BoxHeight = 40;
    private const int GapX = 24;
    private const int GapY = 34;
    private const int NameLength = 36;
    private const int MaxSteps = 2000;

    public static Markup Draw(BuildRecord build)
    {
        if (build.Steps.Count is 0 or > MaxSteps)
        {
            return Markup.Of($"<p>{(build.Steps.Count == 0 ? "The build had no steps." : "The graph has too many steps to be drawn.")}</p>");
        }

        var ranks = Ranks(build.Steps);
        var widest = ranks.Max(rank => rank.Count);
        var width = (widest * (BoxWidth + GapX)) + GapX;
        var height = (ranks.Count * (BoxHeight + GapY)) + GapY;
        var places = new (double X, double Y)[build.Steps.Count];
        for (var y = 0; y < ranks.Count; y++)
        {
            var left = (width - (ranks[y].Count * (BoxWidth + GapX)) + GapX) / 2.0;
            for (var x = 0; x < ranks[y].Count; x++)
            {
                places[ranks[y][x]] = (left + (x * (BoxWidth + GapX)), GapY + (y * (BoxHeight + GapY)));
            }
        }

        var edges = build.Steps.SelectMany((step, to) => step.Inputs.Select(from => Edge(places[from], places[to])));
        var boxes = build.Steps.Select((step, number) => Box(step, places[number]));
        return Markup.Of($"""<svg id="graph" role="img" aria-label="Build graph" viewBox="0 0 {width} {height}" width="{width}">{Markup.Join(edges)}{Markup.Join(boxes)}</svg>""");
    }

    /// <summary>Steps by how far they are from what needs nothing; within a rank near to what they need, so that fewer lines cross.</summary>
    private static List<List<int>> Ranks(IReadOnlyList<RecordedStep> steps)
    {
        var rank = new int[steps.Count];
        var ranks = new List<List<int>>();
        for (var number = 0; number < steps.Count; number++)
        {
            rank[number] = steps[number].Inputs.Select(input => rank[input] + 1).DefaultIfEmpty(0).Max();
            while (ranks.Count <= rank[number])
            {
                ranks.Add([]);
            }

            ranks[rank[number]].Add(number);
        }

        var column = new double[steps.Count];
        foreach (var row in ranks)
        {
            var sorted = row.OrderBy(number => steps[number].Inputs.Select(input => column[input]).DefaultIfEmpty(number).Average()).ThenBy(number => number).ToList();
            row.Clear();
            row.AddRange(sorted);
            for (var i = 0; i < row.Count; i++)
            {
                column[row[i]] = i - (row.Count / 2.0);
            }
        }

        return ranks;
    }

    private static Markup Edge((double X, double Y) from, (double X, double Y) to)
    {
        var (x1, y1, x2, y2) = (from.X + (BoxWidth / 2.0), from.Y + BoxHeight, to.X + (BoxWidth / 2.0), to.Y);
        var middle = (y1 + y2) / 2;
        return Markup.Of($"""<path class="edge" d="M{x1} {y1}C{x1} {middle} {x2} {middle} {x2} {y2}"/>""");
    }

    private static Markup Box(RecordedStep step, (double X, double Y) place)
    {
        var detail = step.Ran ? $"{step.FateText}, {Clock(step.Seconds)}" : step.SavedSeconds is { } saved ? $"{step.FateText}, {Clock(saved)} saved" : step.FateText;
        return Markup.Of($"""
            <g class="step {ClassOf(step)}"><title>{step.Name}
            {detail}{(step.Why is null ? "" : ". " + step.Why)}</title><rect x="{place.X}" y="{place.Y}" width="{BoxWidth}" height="{BoxHeight}" rx="6"/><text x="{place.X + 10}" y="{place.Y + 17}">{Shorten(step.Name, NameLength)}</text><text class="detail" x="{place.X + 10}" y="{place.Y + 32}">{detail}</text></g>
            """);
    }

    internal static string ClassOf(RecordedStep step) => step.Fate switch
    {
        StepFate.Done => "ran",
        StepFate.Cached or StepFate.Skipped => "cached",
        StepFate.Failed => "failed",
        StepFate.Canceled or StepFate.Running => "canceled",
        _ => "source",
    };

    internal static string Shorten(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";

    internal static string Clock(double seconds) => StepRow.Clock(TimeSpan.FromSeconds(seconds));
}
