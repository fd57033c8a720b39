using Builder.Cli.Displays;
using Builder.Cli.Reports;
using Builder.Cli.Tests.Support;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Cli.Tests.Displays;

public sealed class StepTableTests
{
    private static readonly Vertex Base = TestSteps.Step("[1/3] FROM base");
    private static readonly Vertex Make = TestSteps.Step("[2/3] RUN make");
    private static readonly Vertex Check = TestSteps.Step("[3/3] RUN test");
    private static readonly Digest Key = Digest.OfText("key");

    [Fact]
    public void Steps_that_ran_have_their_time_and_resources_and_the_total_says_what_was_saved()
    {
        var account = Account(
            new VertexCached(Base, TestSteps.Begin, Key),
            Make.Started(),
            new VertexUsage(Make, TestSteps.Begin, TimeSpan.FromSeconds(11), 120_000_000, 0, 3_400_000),
            Make.Completed(12.3),
            Check.Started(12.3),
            Check.Failed(14.4, "no"));
        Assert.Equal(
            [
                "STEP                  TIME    CPU  MEMORY  WRITTEN",
                "[2/3] RUN make       12.3s  11.0s   120MB    3.4MB",
                "[3/3] RUN test  ERROR 2.1s",
                "total 20.0s, 1 of 3 steps cached, 4.5s saved",
            ],
            StepTable.Render(account, 80, new Style(hasColor: false)));
    }

    [Fact]
    public void When_all_was_cached_there_is_nothing_to_list() =>
        Assert.Equal(["total 20.0s, all steps cached, 4.5s saved"], StepTable.Render(Account(new VertexCached(Base, TestSteps.Begin, Key)), 80, new Style(hasColor: true)));

    [Fact]
    public void Without_any_step_nothing_is_said() => Assert.Empty(StepTable.Render(Account(), 80, new Style(hasColor: true)));

    [Theory]
    [InlineData(45, "STEP            TIME    CPU  MEMORY  WRITTEN")]
    [InlineData(40, "STEP                TIME    CPU  MEMORY")]
    [InlineData(24, "STEP              TIME")]
    public void In_a_narrow_window_names_stay_readable_and_columns_go(int columns, string heading)
    {
        var account = Account(
            TestSteps.Step("[2/3] RUN a long command line that goes on").Started(),
            new VertexUsage(TestSteps.Step("[2/3] RUN a long command line that goes on"), TestSteps.Begin, TimeSpan.FromSeconds(1), 120_000_000, 0, 3_400_000),
            TestSteps.Step("[2/3] RUN a long command line that goes on").Completed(1));
        var lines = StepTable.Render(account, columns, new Style(hasColor: false));
        Assert.Equal(Words(heading), Words(lines[0]));
        Assert.All(lines.SkipLast(1), line => Assert.InRange(line.Length, 1, columns));
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static BuildAccount Account(params BuildEvent[] events)
    {
        var time = new ManualTime();
        using var ledger = new BuildLedger(new QuietDisplay(_ => { }), time, key => key == Key ? TimeSpan.FromSeconds(4.5) : null, showsMisses: true);
        foreach (var e in events)
        {
            ledger.Publish(e);
        }

        time.Advance(TimeSpan.FromSeconds(20));
        return ledger.Close(withSavings: true);
    }
}
