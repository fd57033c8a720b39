using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Text;

/// <summary>Here-documents: rules H1 to H12.</summary>
public class HeredocTests
{
    [Fact]
    public void A_quoted_delimiter_turns_expansion_off()
    {
        var copy = Dockerfiles.One<CopyInstruction>("COPY <<A <<\"B\" /d/\n1$x\nA\n2$x\nB"); // H4, H6
        Assert.Empty(copy.Sources);
        Assert.Equal("/d/", copy.Destination.Text);
        Assert.Equal([("A", "1$x\n", true), ("B", "2$x\n", false)], copy.Heredocs.Select(h => (h.Delimiter, h.Body, h.Expand)));
    }

    [Fact]
    public void A_dash_strips_tabs_from_body_and_terminator()
    {
        var script = Assert.IsType<ScriptCommand>(Dockerfiles.One<RunInstruction>("RUN <<-E\n\tx\n \ty\n\tE").Command); // H5, H8
        Assert.Equal("x\n \ty\n", script.Script);
        Assert.Equal("\tx\n \ty\n", script.Heredoc.Body);
    }

    [Theory]
    [InlineData("RUN <<EOF\n#!/bin/sh\nEOF", true)]
    [InlineData("RUN <<-EOF\n\t#!/bin/sh\nEOF", true)]
    [InlineData("RUN <<EOF\n# comment\nEOF", false)]
    public void A_script_may_name_its_interpreter(string text, bool expected)
    {
        Assert.Equal(expected, Assert.IsType<ScriptCommand>(Dockerfiles.One<RunInstruction>(text).Command).HasInterpreter);
    }

    [Fact]
    public void Anything_beside_the_here_document_leaves_it_to_the_shell()
    {
        var shell = Assert.IsType<ShellCommand>(Dockerfiles.One<RunInstruction>("RUN cat 3<<E 4<<F\na\nE\nb\nF").Command); // H7, H9
        Assert.Equal([("E", 3), ("F", 4)], shell.Heredocs.Select(h => (h.Delimiter, h.FileDescriptor)));
        Assert.Equal("cat 3<<E 4<<F\na\nE\nb\nF", shell.Script);
    }

    [Theory]
    [InlineData("RUN (cat <<E)\nx\nE)", "E)")] // H3
    [InlineData("RUN cat <<EOF;\nEOF;", "EOF;")]
    [InlineData("RUN cat << EOF\nEOF", "EOF")] // H2
    [InlineData("RUN cat <<'E'O'F'\nEOF", "EOF")] // H4
    [InlineData("RUN cat <<$X\n$X", "$X")] // H4
    [InlineData("RUN cat <<EOF\r\nx\r\nEOF\r\n", "EOF")] // L2
    public void A_delimiter_is_a_whole_word_without_its_quotes(string text, string delimiter)
    {
        Assert.Equal(delimiter, Assert.Single(Assert.IsType<ShellCommand>(Dockerfiles.One<RunInstruction>(text).Command).Heredocs).Delimiter);
    }

    [Theory]
    [InlineData("RUN cat<<E")] // H3
    [InlineData("RUN echo \"<<E\"")]
    [InlineData("RUN cat <<<word")]
    [InlineData("RUN echo $((1<<2))")]
    [InlineData("RUN cat <<- EOF")] // H2
    [InlineData("RUN cat <<")]
    [InlineData("RUN echo it's <<E")]
    public void These_are_no_here_documents(string text)
    {
        Assert.Empty(Assert.IsType<ShellCommand>(Dockerfiles.One<RunInstruction>(text).Command).Heredocs);
    }

    [Fact]
    public void Nothing_in_a_body_is_a_comment_or_a_continuation()
    {
        var script = Assert.IsType<ScriptCommand>(Dockerfiles.One<RunInstruction>("RUN <<EOF\n# a \\\n\nb\\\nEOF").Command); // N7
        Assert.Equal("# a \\\n\nb\\\n", script.Script);
    }

    [Fact]
    public void Files_and_here_documents_mix()
    {
        var add = Dockerfiles.One<AddInstruction>("ADD a <<X b /d/\nx\nX\n"); // H12
        Assert.Equal(["a", "b"], add.Sources.Texts());
        Assert.Equal("X", Assert.Single(add.Heredocs).Delimiter);
        Assert.Equal("ADD a <<X b /d/\nx\nX", add.Span.Text);
    }

    [Fact]
    public void A_json_array_opens_no_here_document()
    {
        Assert.Equal(["cat", "<<E"], Dockerfiles.One<RunInstruction>("RUN [\"cat\", \"<<E\"]").Command.Exec()); // H1
    }

    [Theory]
    [InlineData("RUN cat<<E\nx", "3:1 BLD3003 dockerfile parse error on line 3: unknown instruction: x")]
    [InlineData("RUN echo $((1 << 2))", "2:15 BLD3008 dockerfile parse error on line 2: unterminated heredoc: no line below is just \"2))\"")]
    [InlineData("COPY a <<E\nE", "2:8 BLD3008 dockerfile parse error on line 2: COPY cannot accept a heredoc as a destination")]
    [InlineData("COPY <<a/b /x\na/b", "2:6 BLD3008 dockerfile parse error on line 2: the delimiter \"a/b\" cannot be the name of a file")]
    public void A_wrong_here_document_is_an_error(string text, string expected)
    {
        Assert.Equal(expected, Dockerfiles.Error("FROM scratch\n" + text));
    }
}
