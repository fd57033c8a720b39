using Builder.Cli.Displays;
using Builder.Cli.Tests.Support;
using Builder.Diagnostics;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Testing;
using CsCheck;

namespace Builder.Cli.Tests.Displays;

public sealed class TerminalDisplayTests : IDisposable
{
    private static readonly Vertex One = TestSteps.Step("[1/3] FROM base");
    private static readonly Vertex Two = TestSteps.Step("[2/3] RUN make");
    private static readonly Vertex Three = TestSteps.Step("[3/3] RUN test");

    private readonly ManualTime time = new();
    private readonly Screen screen = new(40, 12);
    private readonly TerminalDisplay display;

    public TerminalDisplayTests() => display = new TerminalDisplay(screen.Write, () => (screen.Columns, screen.Rows), hasColor: true, rewraps: false, time);

    public void Dispose() => display.Dispose();

    [Fact]
    public void What_runs_is_shown_with_a_clock_and_its_last_lines()
    {
        Publish(One.Cached(), Two.Started(), Two.Log(0, "1\n2\n3\n4\n5\nunfinished"), Three.Started());
        Tick();
        AssertShown("=> [1/3] FROM base  CACHED", "=> [2/3] RUN make  0.1s", "   | 3", "   | 4", "   | 5", "=> [3/3] RUN test  0.1s");
    }

    [Fact]
    public void What_is_over_scrolls_up_in_the_order_in_which_it_ended()
    {
        Publish(Two.Started(), Two.Log(0, "noise\n"), Three.Started());
        Tick();
        Publish(Three.Completed(0.12), Two.Failed(2.14, "why"));
        Tick();
        AssertShown("=> [3/3] RUN test  0.1s", "=> [2/3] RUN make  ERROR 2.1s");
    }

    [Fact]
    public void At_the_end_all_is_told_and_the_cursor_is_back()
    {
        Publish(Two.Started());
        Tick();
        Assert.True(screen.CursorIsHidden);
        Publish(Two.Completed(75.2), Three.Started(75.2), Three.Canceled(76.2));
        display.Dispose();
        display.Dispose();
        AssertShown("=> [2/3] RUN make  1m15s", "=> [3/3] RUN test  CANCELED 1.0s");
        Assert.False(screen.CursorIsHidden);
    }

    [Fact]
    public void Steps_that_never_ended_leave_nothing_behind()
    {
        Publish(Two.Started(), Two.Log(0, "noise\n"));
        Tick();
        display.Dispose();
        AssertShown("");
        Assert.False(screen.CursorIsHidden);
    }

    [Fact]
    public void Nothing_is_written_while_nothing_runs_and_at_most_ten_times_a_second()
    {
        Tick();
        Assert.Equal(0, screen.Writes);
        Publish(Two.Started());
        for (var i = 0; i < 50; i++)
        {
            Publish(Two.Log(0, $"{i}\n"));
        }

        Assert.Equal(0, screen.Writes);
        Tick();
        Assert.Equal(1, screen.Writes);
        Publish(Two.Completed(1));
        Tick();
        var writes = screen.Writes;
        Tick();
        Assert.Equal(writes, screen.Writes);
    }

    [Fact]
    public void Warnings_go_above_what_runs()
    {
        Publish(Two.Started());
        Tick();
        display.Warn(new Diagnostic("Rule", Severity.Warning, "beware", Hint: "a hint that is rather longer than the window is wide"));
        Publish(new VertexWarning(Two, TestSteps.Begin, new Diagnostic("Other", Severity.Warning, "too")));
        Tick();
        Tick();
        AssertShown("warning: Rule: beware", "hint: a hint that is rather longer than", "the window is wide", "warning: Other: too", "=> [2/3] RUN make  0.3s");
    }

    [Fact]
    public void Transfers_are_shown_while_they_go_on()
    {
        Publish(One.Started(), One.Progress(0, "sha256:b", 1_500_000, 3_000_000), One.Progress(0, "sha256:a", 10, null), One.Progress(0, "sha256:c", 7, 7));
        Tick();
        AssertShown("=> [1/3] FROM base  0.1s", "   | sha256:a 10B", "   | sha256:b 1.5MB / 3MB");
    }

    [Fact]
    public void Of_a_progress_bar_the_last_state_is_shown()
    {
        Publish(Two.Started(), Two.Log(0, "10%\r50%\r100%\r\n"));
        Tick();
        AssertShown("=> [2/3] RUN make  0.1s", "   | 100%");
    }

    [Theory]
    [InlineData("RUN echo a very long command that does not fit on one line", "=> RUN echo a very long comman...  0.1s")]
    [InlineData("RUN \e[2J\u009bA\ta", "=> RUN \ufffd[2J\ufffdA    a  0.1s")]
    public void Names_are_made_to_fit_and_harmless(string name, string shown)
    {
        Publish(TestSteps.Step(name).Started());
        Tick();
        AssertShown(shown);
    }

    [Fact]
    public void Steps_that_do_not_fit_on_the_window_wait_out_of_sight()
    {
        for (var i = 0; i < 30; i++)
        {
            var step = TestSteps.Step($"step {i}");
            Publish(step.Started(), step.Log(0, "a\nb\nc\nd\n"));
        }

        Tick();
        Assert.Equal(10, screen.Text.Split('\n').Length);
        Tick();
        Assert.Equal(10, screen.Text.Split('\n').Length);
    }

    [Fact]
    public void Steps_from_the_cache_are_folded_into_one_line()
    {
        Publish(One.Cached(), Three.Cached());
        Tick();
        AssertShown("=> [1/3] FROM base and 1 more  CACHED");
        Publish(Two.Started());
        Tick();
        AssertShown("=> [1/3] FROM base and 1 more  CACHED", "=> [2/3] RUN make  0.2s");
        Publish(Two.Completed(0.3), One.Cached());
        display.Dispose();
        AssertShown("=> [1/3] FROM base and 1 more  CACHED", "=> [2/3] RUN make  0.3s", "=> [1/3] FROM base  CACHED");
    }

    [Fact]
    public void Transfers_have_a_speed_once_there_is_something_to_measure()
    {
        Publish(One.Started(), One.Progress(0, "layer", 1_000_000, 9_000_000), One.Progress(2, "layer", 5_000_000, 9_000_000));
        Tick();
        AssertShown("=> [1/3] FROM base  0.1s", "   | layer 5MB / 9MB, 2MB/s");
    }

    /// <summary>Where the terminal breaks lines anew, and where it does not: the history stays, and there is one region.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_window_that_gets_narrower_loses_no_line(bool rewraps)
    {
        var shown = new Screen(60, 12) { Rewraps = rewraps };
        using var narrowed = new TerminalDisplay(shown.Write, () => (shown.Columns, shown.Rows), hasColor: true, rewraps, time);
        narrowed.Publish(TestSteps.Step("the first").Completed(0));
        narrowed.Publish(TestSteps.Step("RUN a command that is longer than half of the window").Started());
        Tick();
        shown.Columns = 25;
        Tick();
        narrowed.Publish(Two.Completed(0));
        Tick();
        Assert.Equal("=> the first  0.0s\n=> [2/3] RUN make  0.0s\n=> RUN a comman...  0.3s", shown.Text);
    }

    [Fact]
    public void A_window_that_gets_lower_shows_less_of_what_runs()
    {
        for (var i = 0; i < 4; i++)
        {
            var step = TestSteps.Step($"step {i}");
            Publish(step.Started(), step.Log(0, "a\n"));
        }

        Tick();
        screen.Rows = 6;
        Tick();
        Assert.EndsWith("=> step 0  0.2s\n=> step 1  0.2s\n=> step 2  0.2s\n=> step 3  0.2s", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colour_there_is_none()
    {
        var text = "";
        using (var plain = new TerminalDisplay(written => text += written, () => (80, 24), hasColor: false, rewraps: false, time))
        {
            plain.Publish(One.Cached());
        }

        Assert.Contains("CACHED", text, StringComparison.Ordinal);
        Assert.DoesNotContain("m=>", text, StringComparison.Ordinal);
    }

    /// <summary>Whatever happens in whatever order: finished steps stay, each on one line, and no line wraps.</summary>
    [Fact]
    public void Any_sequence_of_events_leaves_one_line_a_step() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 6], Gen.String).Array[0, 60].Sample(
            events =>
            {
                var manual = new ManualTime();
                var shown = new Screen(30, 8);
                var expected = new List<string>();
                using (var played = new TerminalDisplay(shown.Write, () => (shown.Columns, shown.Rows), hasColor: true, rewraps: false, manual))
                {
                    foreach (var (which, what, text) in events)
                    {
                        var step = TestSteps.Step($"step {which}");
                        switch (what)
                        {
                            case 0:
                                played.Publish(step.Completed(which));
                                expected.Add($"=> step {which}  ");
                                break;
                            case 1:
                                played.Publish(step.Started());
                                break;
                            case 2 or 3:
                                played.Publish(step.Log(0, text + "\n", stream: what - 1));
                                break;
                            case 4:
                                played.Publish(step.Progress(0, text, 1, 2));
                                break;
                            default:
                                manual.Advance(TimeSpan.FromMilliseconds(100));
                                break;
                        }
                    }
                }

                // The clock at the end of a line depends on when the step was first heard of.
                Assert.Equal(expected, shown.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..(line.LastIndexOf(' ') + 1)]));
            },
            iter: 300,
            threads: 1);

    private void Publish(params BuildEvent[] events)
    {
        foreach (var e in events)
        {
            display.Publish(e);
        }
    }

    private void Tick() => time.Advance(TimeSpan.FromMilliseconds(100));

    private void AssertShown(params string[] lines) => Assert.Equal(string.Join('\n', lines), screen.Text);
}
