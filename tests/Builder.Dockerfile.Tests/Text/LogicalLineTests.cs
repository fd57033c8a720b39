using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Text;

/// <summary>Lines, comments and continuations: rules L1 to L5 and N1 to N7 of the language.</summary>
public class LogicalLineTests
{
    [Theory]
    [InlineData("RUN a \\\n  b", "a   b")] // N4: nothing is inserted, blanks of later lines stay
    [InlineData("RUN a\\\nb", "ab")]
    [InlineData("RU\\\nN a", "a")] // N4: the joint may be in the keyword
    [InlineData("RUN a \\\n# c \\\n b", "a  b")] // N5: a comment goes whole
    [InlineData("RUN a \\\n\n b", "a  b")] // N5: so does a blank line
    [InlineData("RUN a \\  \n b", "a  b")] // N3: blanks behind the escape
    [InlineData("RUN a \\\n\\\nb", "a b")] // N3: a line of nothing but an escape
    [InlineData("RUN echo # x", "echo # x")] // N1
    [InlineData("RUN a \\", "a")] // N6
    [InlineData("RUN a \\\n# c", "a")] // N6
    [InlineData("  RUN a", "a")] // N4: blanks of the first line go
    [InlineData("RUN a \\\r\n b\r\n", "a  b")] // L2
    [InlineData("RUN a\\\\\\\n", "a\\\\\\")] // N3: three escapes continue nothing
    public void A_line_is_joined(string text, string expected)
    {
        Assert.Equal(expected, Dockerfiles.One<RunInstruction>(text).Command.Shell());
    }

    [Fact]
    public void Two_escapes_at_the_end_continue_nothing()
    {
        var instructions = Dockerfiles.InStage("RUN a \\\\\nENV x=1");
        Assert.Equal("a \\\\", ((RunInstruction)instructions[0]).Command.Shell());
        Assert.IsType<EnvInstruction>(instructions[1]);
    }

    [Fact]
    public void The_escape_directive_changes_what_continues_a_line()
    {
        var stage = Dockerfiles.Parse("# escape=`\nFROM scratch\nRUN a `\nb\\\nENV x=1").Stages.Single();
        Assert.Equal("a b\\", ((RunInstruction)stage.Instructions[0]).Command.Shell());
        Assert.IsType<EnvInstruction>(stage.Instructions[1]);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_line()
    {
        var stage = Dockerfiles.Parse("\uFEFFFROM scratch").Stages.Single();
        Assert.Equal((1, 2), (stage.From.Span.Line, stage.From.Span.Column));
    }

    [Fact]
    public void An_instruction_spans_from_its_keyword_to_its_last_line()
    {
        var run = Dockerfiles.One<RunInstruction>("  RUN a \\\n# comment\n b \nENV x=1".Split("\nENV")[0]);
        Assert.Equal("RUN a \\\n# comment\n b ", run.Span.Text);
        Assert.Equal("RUN a  b", run.Code);
    }

    [Fact]
    public void A_word_behind_a_joint_knows_where_it_stands()
    {
        var copy = Dockerfiles.One<CopyInstruction>("COPY one \\\n  # comment\n  t\\\nwo /three");
        Assert.Equal(["one", "two"], copy.Sources.Texts());
        Assert.Equal((4, 3), (copy.Sources[1].Span.Line, copy.Sources[1].Span.Column));
        Assert.Equal("t\\\nwo", copy.Sources[1].Span.Text);
        Assert.Equal((5, 4), (copy.Destination.Span.Line, copy.Destination.Span.Column));
    }

    [Fact]
    public void Comments_above_an_instruction_are_collected_and_a_bare_one_starts_anew()
    {
        var user = Dockerfiles.One<UserInstruction>("# gone\n#\n#   first\n\n# second\nUSER x"); // N2
        Assert.Equal(["first", "second"], user.Comments.Texts());
        Assert.Equal("first", user.Comments[0].Span.Text);
    }

    [Fact]
    public void A_file_of_a_lone_escape_has_no_instructions()
    {
        Assert.EndsWith("file with no instructions", Dockerfiles.Error("\\\n\\\n"), StringComparison.Ordinal);
    }
}
