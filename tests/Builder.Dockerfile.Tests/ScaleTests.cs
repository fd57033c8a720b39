using System.Text;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests;

/// <summary>Hostile sizes: each of these ends quickly because the parser is linear, or not at all.</summary>
public class ScaleTests
{
    private const int TenMillion = 10_000_000;

    [Fact]
    public void A_hundred_thousand_instructions()
    {
        Assert.Equal(100_000, Dockerfiles.InStage(Repeat("ENV a=b\n", 100_000)).Count);
    }

    [Fact] // L3: a logical line has no limit, and here a physical one has none either (spec/dockerfile.md, "Where Builder differs")
    public void A_line_of_ten_million_characters()
    {
        Assert.Equal(TenMillion, Dockerfiles.One<RunInstruction>("RUN " + new string('x', TenMillion)).Command.Shell().Length);
        Assert.Equal(TenMillion, Dockerfiles.One<EnvInstruction>("ENV a=" + new string('x', TenMillion)).Pairs.Single().Value.Text.Length);
    }

    [Fact]
    public void A_line_of_hundreds_of_thousands_of_words()
    {
        Assert.Equal(300_000, Dockerfiles.One<CopyInstruction>("COPY " + Repeat("a ", 300_000) + "/b").Sources.Length);
        Assert.Equal(200_000, Dockerfiles.One<EnvInstruction>("ENV " + Repeat("a='b' ", 200_000)).Pairs.Length);
    }

    [Fact]
    public void A_line_with_two_hundred_thousand_continuations()
    {
        Assert.Equal(200_002, Dockerfiles.One<CopyInstruction>("COPY a b" + Repeat(" \\\n c", 200_000) + " d").Sources.Length);
    }

    [Fact]
    public void A_line_with_a_hundred_thousand_here_documents()
    {
        var text = "COPY " + Repeat("<<E ", 100_000) + "/d\n" + Repeat("E\n", 100_000);
        Assert.Equal(100_000, Dockerfiles.One<CopyInstruction>(text).Heredocs.Length);
    }

    [Fact]
    public void A_deep_json_array_is_no_recursion()
    {
        Assert.StartsWith("[[[", Dockerfiles.One<RunInstruction>("RUN " + new string('[', 1_000_000)).Command.Shell(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("FROM a AS ")]
    [InlineData("FROM a\nENV a=b ")]
    [InlineData("FROM a\nCOPY --")]
    [InlineData("FROM a\nCOPY --link=")]
    [InlineData("FROM a\nRUN --mount=\\\"")]
    [InlineData("FROM a\nRUN <<")]
    [InlineData("FROM a\nHEALTHCHECK ")]
    [InlineData("# escape=")]
    [InlineData("# check=")]
    public void An_error_quotes_no_more_than_a_reader_wants(string text)
    {
        Assert.InRange(Dockerfiles.Error(text + new string('!', TenMillion / 10)).Length, 20, 500);
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
