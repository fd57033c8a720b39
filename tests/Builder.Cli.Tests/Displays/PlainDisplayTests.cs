using Builder.Cli.Displays;
using Builder.Cli.Tests.Support;
using Builder.Diagnostics;
using Builder.Graph.Solving;

namespace Builder.Cli.Tests.Displays;

public class PlainDisplayTests
{
    [Fact]
    public void A_build_is_told_as_BuildKit_tells_it()
    {
        var (one, two, three) = (TestSteps.Step("[1/3] FROM base"), TestSteps.Step("[2/3] RUN make"), TestSteps.Step("[3/3] RUN test"));
        Assert.Equal(
            """
            #1 [1/3] FROM base
            #1 CACHED
            #2 [2/3] RUN make
            #2 0.500 cc -o x
            #2 1.000 warning: y
            #2 1.250 half a line, done
            #3 [3/3] RUN test
            #2 DONE 2.100s
            #3 1.000 last words
            #3 ERROR: it failed
            """,
            Play(
                true,
                one.Cached(),
                two.Started(),
                two.Log(0.5, "cc -o x\nhalf a "),
                two.Log(1, "warning: y\r\n", stream: 2),
                two.Log(1.25, "line, done\n"),
                three.Started(1.5),
                two.Completed(2.1),
                three.Log(2, "last words"),
                three.Failed(2.5, "it failed")));
    }

    [Fact]
    public void Transfers_are_told_when_they_are_done()
    {
        var step = TestSteps.Step("s");
        Assert.Equal("#1 s\n#1 sha256:abc 12MB done\n#1 CANCELED", Play(true, step.Started(), step.Progress(1, "sha256:abc", 5, 12_000_000), step.Progress(2, "sha256:abc", 12_000_000, 12_000_000), step.Canceled(3)));
    }

    [Fact]
    public void Warnings_of_steps_come_where_they_happen()
    {
        var step = TestSteps.Step("s");
        Assert.Equal("#1 s\nwarning: R: m\nhint: h", Play(true, new VertexWarning(step, TestSteps.Begin, new Diagnostic("R", Severity.Warning, "m", Hint: "h"))));
    }

    [Fact]
    public void A_terminal_is_protected_and_a_pipe_gets_the_bytes()
    {
        var step = TestSteps.Step("s");
        BuildEvent[] events = [step.Started(), step.Log(0, "\e[31mred\n")];
        Assert.Equal("#1 s\n#1 0.000 \ufffd[31mred", Play(true, events));
        Assert.Equal("#1 s\n#1 0.000 \e[31mred", Play(false, events));
    }

    [Fact]
    public void Output_without_line_ends_is_not_hoarded()
    {
        var step = TestSteps.Step("s");
        var lines = Play(true, step.Log(0, new string('x', 200_000))).Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 66_000));
    }

    private static string Play(bool toTerminal, params BuildEvent[] events)
    {
        var lines = new List<string>();
        using var display = new PlainDisplay(lines.Add, toTerminal);
        foreach (var e in events)
        {
            display.Publish(e);
        }

        return string.Join('\n', lines);
    }
}
