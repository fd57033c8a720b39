using Builder.Diagnostics;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Tests.Tree;

/// <summary>What the tokens of each form are.</summary>
public class SyntaxTreeTests
{
    [Theory]
    [InlineData("FROM --platform=x a AS b\n", "Keyword'FROM' FlagName'--platform' Punctuation'=' FlagValue'x' Word'a' Keyword'AS' Word'b'")]
    [InlineData("\uFEFF# escape = ` \nFROM a", "ByteOrderMark'\uFEFF' Punctuation'#' DirectiveName'escape' Punctuation'=' DirectiveValue'`' Keyword'FROM' Word'a'")]
    [InlineData("FROM a\n  # c \n\n", "Keyword'FROM' Word'a' Comment'# c '")]
    [InlineData("ENV a=b 'c d'=\"e\" x=\n", "Keyword'ENV' Key'a' Punctuation'=' Value'b' Key''c d'' Punctuation'=' Value'\"e\"' Key'x' Punctuation'='")]
    [InlineData("ENV a  b  c\n", "Keyword'ENV' Key'a' Text'b  c'")]
    [InlineData("ARG a b=c\n", "Keyword'ARG' Key'a' Key'b' Punctuation'=' Value'c'")]
    [InlineData("RUN a \\\n  # c\n  b\n", "Keyword'RUN' Text'a ' Continuation'\\' Comment'# c' Text'  b'+")]
    [InlineData("RU\\\nN a\\\nb\n", "Keyword'RU' Continuation'\\' Keyword'N'+ Text'a' Continuation'\\' Text'b'+")]
    [InlineData("RUN --mount=type=tmpfs,target=/x [\"a\", \"b\"]\n", "Keyword'RUN' FlagName'--mount' Punctuation'=' FlagValue'type=tmpfs,target=/x' Punctuation'[' JsonString'\"a\"' Punctuation',' JsonString'\"b\"' Punctuation']'")]
    [InlineData("RUN --network=none -- --y\n", "Keyword'RUN' FlagName'--network' Punctuation'=' FlagValue'none' FlagsEnd'--' Text'--y'")]
    [InlineData("COPY <<A  << B /d/\n1\nA\n2\nB\n", "Keyword'COPY' HeredocOpening'<<A' HeredocOpening'<< B' Word'/d/' HeredocBody'1\n' HeredocEnd'A' HeredocBody'2\n' HeredocEnd'B'")]
    [InlineData("RUN cat <<-E | tr a b\n\tx\n\tE\n", "Keyword'RUN' Text'cat ' HeredocOpening'<<-E' Text' | tr a b'+ HeredocBody'\tx\n' HeredocEnd'\tE'")]
    [InlineData("HEALTHCHECK --retries=3 cmd curl x\n", "Keyword'HEALTHCHECK' FlagName'--retries' Punctuation'=' FlagValue'3' Keyword'cmd' Text'curl x'")]
    [InlineData("ONBUILD run a  b\n", "Keyword'ONBUILD' Keyword'run' Text'a  b'")]
    [InlineData("EXPOSE 80  90/udp\n", "Keyword'EXPOSE' Word'80' Word'90/udp'")]
    [InlineData("VOLUME [ \"/a\" ]\n", "Keyword'VOLUME' Punctuation'[' JsonString'\"/a\"' Punctuation']'")]
    [InlineData("FORM a b\n", "Keyword'FORM' Text'a b'")]
    [InlineData("COPY --lnk a b\n", "Keyword'COPY' FlagName'--lnk' Text'a b'")]
    [InlineData("\\\n\\\n", "Continuation'\\' Continuation'\\'")]
    public void Tokens_say_what_they_are(string text, string expected)
    {
        var tree = SyntaxTree.Parse(new SourceText("Dockerfile", text));
        Assert.Equal(expected, string.Join(' ', tree.Tokens
            .Where(token => token.Kind is not (TokenKind.Whitespace or TokenKind.LineEnd))
            .Select(token => $"{token.Kind}'{tree.TextOf(token)}'{(token.IsContinued ? "+" : "")}")));
        Assert.Equal(text, tree.ToText());
    }

    [Fact]
    public void Nodes_are_whole_lines()
    {
        var tree = SyntaxTree.Parse(new SourceText("Dockerfile", "# syntax=x\n\n# c\nFROM a\nRUN <<E\nx\nE\nNONSENSE\n"));
        Assert.Equal(
            [NodeKind.Directive, NodeKind.Blank, NodeKind.Comment, NodeKind.Instruction, NodeKind.Instruction, NodeKind.Invalid],
            tree.Nodes.Select(node => node.Kind));
        Assert.Equal("RUN <<E\nx\nE\n", tree.Nodes[4].SpanIn(tree.Source).Text);
        Assert.Equal("RUN", tree.Nodes[4].Instruction!.Name);
        Assert.Same(tree.Nodes[4], tree.NodeAt(tree.Source.Text.IndexOf("x\nE", StringComparison.Ordinal)));
        Assert.Null(tree.Nodes[5].Instruction);
        Assert.Null(tree.Dockerfile);
    }

    [Fact]
    public void A_wrong_directive_leaves_the_rest_readable()
    {
        var tree = SyntaxTree.Parse(new SourceText("Dockerfile", "# escape=x\nFROM a\nFORM b\n"));
        Assert.Equal([NodeKind.Comment, NodeKind.Instruction, NodeKind.Invalid], tree.Nodes.Select(node => node.Kind));
        Assert.Equal(DockerfileErrors.InvalidDirective, Assert.Single(tree.Errors.Errors).Code);
    }
}
