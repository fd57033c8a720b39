using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Runners;

namespace Builder.Cli.Tests.Displays;

public class ErrorDisplayTests
{
    private static readonly ErrorCode Code = new(3002);

    [Fact]
    public void An_error_tells_place_line_caret_and_hint()
    {
        var source = new SourceText("Dockerfile", "FROM a\nRUNN make\n");
        Assert.Equal(
            """
            Dockerfile:2:1: error BLD3002: unknown instruction: RUNN
                2 | RUNN make
                  | ^^^^
            hint: did you mean RUN?
            """,
            ErrorDisplay.Render(new BuilderException(Code, "unknown instruction: RUNN", "did you mean RUN?", source.Span(7, 4))));
    }

    [Fact]
    public void An_error_without_a_place_is_one_line() =>
        Assert.Equal("error BLD3002: it failed", ErrorDisplay.Render(new BuilderException(Code, "it failed")));

    [Fact]
    public void A_remark_tells_its_rule()
    {
        var source = new SourceText("Dockerfile", "from a\n");
        Assert.Equal(
            """
            Dockerfile:1:1: warning: ConsistentCasing: mixed
                1 | from a
                  | ^^^^
            """,
            ErrorDisplay.Render(new Diagnostic("ConsistentCasing", Severity.Warning, "mixed", source.Span(0, 4))));
        Assert.StartsWith("error: X: y", ErrorDisplay.Render(new Diagnostic("X", Severity.Error, "y")), StringComparison.Ordinal);
    }

    [Fact]
    public void Tabs_do_not_shift_the_caret()
    {
        var source = new SourceText("f", "\tRUN\tx");
        Assert.Equal("    1 |  RUN x\n      |      ^", Below(source.Span(5, 1)));
    }

    [Fact]
    public void A_place_over_several_lines_is_marked_to_the_end_of_its_first()
    {
        var source = new SourceText("f", "RUN a \\\n  b\n");
        Assert.Equal("    1 | RUN a \\\n      | ^^^^^^^", Below(source.Span(0, 11)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    public void A_place_without_length_gets_a_caret(int start)
    {
        var source = new SourceText("f", "FROM a");
        Assert.Equal("    1 | FROM a\n      | " + new string(' ', start) + "^", Below(source.Span(start, 0)));
    }

    [Fact]
    public void Of_a_long_line_the_part_around_the_place_is_shown()
    {
        var source = new SourceText("f", new string('a', 500) + "HERE" + new string('b', 500));
        var lines = Below(source.Span(500, 4)).Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 168));
        Assert.Equal(lines[0].IndexOf("HERE", StringComparison.Ordinal), lines[1].IndexOf('^', StringComparison.Ordinal));
        Assert.Equal("^^^^", lines[1].TrimStart(' ', '|'));
    }

    [Fact]
    public void Causes_and_their_hints_are_told_in_turn()
    {
        var cause = new BuilderException(Code, "the middle", "do this", inner: new IOException("the root"));
        Assert.Equal(
            """
            error BLD3002: the top
            because: the middle
            hint: do this
            because: the root
            hint: do that
            """,
            ErrorDisplay.Render(new BuilderException(Code, "the top", "do that", inner: cause)));
    }

    [Fact]
    public void A_step_that_failed_shows_its_last_output()
    {
        var text = ErrorDisplay.Render(new StepFailedException("make", 127, null, ["cc -o x", "sh: cc: not found"]));
        Assert.Equal(
            """
            error BLD1001: process "make" did not complete successfully: exit code: 127
            the last output of the step:
                  | cc -o x
                  | sh: cc: not found
            hint: 127 is a shell's word for a command that it did not find: is it installed in this stage?
            """,
            text);
    }

    [Fact]
    public void Nothing_from_outside_takes_over_the_terminal()
    {
        const string evil = "a\e]0;title\ab\u009b31mc\rd\u202ee";
        var source = new SourceText("p\e[2J", "RUN " + evil);
        var text = ErrorDisplay.Render(new StepFailedException(evil, 1, null, [evil], source.Span(0, 3)))
            + ErrorDisplay.Render(new BuilderException(Code, evil, evil, inner: new IOException(evil)))
            + ErrorDisplay.Render(new Diagnostic("R", Severity.Warning, evil, source.Span(0, 3), evil));
        Assert.DoesNotContain(text, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        Assert.Contains("a\ufffd]0;title\ufffdb\ufffd31mc\ufffdd\ufffde", text, StringComparison.Ordinal);
    }

    private static string Below(SourceSpan span)
    {
        var text = ErrorDisplay.Render(new BuilderException(Code, "x", span: span));
        return text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }
}
