using Builder.Cli.Displays;
using Builder.Diagnostics;

namespace Builder.Cli.Tests.Displays;

public class WarningSummaryTests
{
    private static readonly SourceText Source = new("Dockerfile", string.Concat(Enumerable.Repeat("x\n", 5000)));

    [Fact]
    public void A_build_without_warnings_says_nothing() => Assert.Empty(WarningSummary.Render([]));

    [Fact]
    public void A_warning_is_a_line_that_editors_understand() => Assert.Equal(
        ["1 warning:", "Dockerfile:3: A: m"], WarningSummary.Render([Warning("A", 3)]).SkipLast(1));

    [Fact]
    public void The_way_to_more_comes_last() => Assert.Contains("--check", WarningSummary.Render([Warning("A", 3)]).Last(), StringComparison.Ordinal);

    [Fact]
    public void What_is_nowhere_in_the_file_cannot_be_silenced_there() => Assert.Equal(
        ["1 warning:", "warning: A: m"], WarningSummary.Render([new Diagnostic("A", Severity.Warning, "m")]));

    [Fact]
    public void Warnings_of_one_name_stand_together_and_only_the_first_are_shown() => Assert.Equal(
        ["6 warnings:", "Dockerfile:1: A: m", "Dockerfile:3: A: m", "Dockerfile:4: A: and 3 more from here on", "Dockerfile:2: B: m"],
        WarningSummary.Render([Warning("A", 1), Warning("B", 2), Warning("A", 3), Warning("A", 4), Warning("A", 5), Warning("A", 6)]).SkipLast(1));

    [Fact]
    public void There_is_never_a_wall_of_text()
    {
        var lines = WarningSummary.Render([.. Enumerable.Range(0, 5000).Select(i => Warning("R" + (i % 30), i + 1, new string('m', 10_000)))]).ToList();
        Assert.True(lines.Count < 16 && lines.All(line => line.Length < 400));
    }

    private static Diagnostic Warning(string rule, int line, string message = "m") => new(rule, Severity.Warning, message, Source.Span((line - 1) * 2, 1));
}
