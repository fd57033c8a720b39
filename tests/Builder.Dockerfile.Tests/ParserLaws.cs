using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;
using CsCheck;

namespace Builder.Dockerfile.Tests;

/// <summary>What holds for every text, sensible or not.</summary>
public class ParserLaws
{
    [Fact]
    public void Any_text_parses_or_says_why_and_where()
    {
        AnyText.Gen.Sample(
            text =>
            {
                try
                {
                    Check(Dockerfiles.Parse(text), text);
                }
                catch (DockerfileException e)
                {
                    Assert.NotNull(e.Span);
                    Inside(e.Span, text);
                    Assert.True(e.Code.Number is > 3000 and < 3100);
                }
            },
            iter: 8_000);
    }

    [Fact]
    public void Line_ends_do_not_change_the_meaning_outside_of_here_documents()
    {
        AnyText.Gen.Where(text => !text.Contains("<<", StringComparison.Ordinal) && !text.Contains('\r', StringComparison.Ordinal)).Sample(
            text => Assert.Equal(Codes(text), Codes(text.Replace("\n", "\r\n", StringComparison.Ordinal))), iter: 2_000);
    }

    private static string Codes(string text)
    {
        try
        {
            return string.Join('\n', Dockerfiles.Parse(text).Instructions.Select(i => i.Code));
        }
        catch (DockerfileException e)
        {
            return e.Message;
        }
    }

    private static void Check(DockerfileSyntax file, string text)
    {
        var end = 0;
        foreach (var instruction in file.Instructions)
        {
            Inside(instruction.Span, text);
            Assert.True(instruction.Span.Start >= end, "instructions overlap");
            end = instruction.Span.End;
            foreach (var word in Words(instruction))
            {
                Inside(word.Span, text);
                Assert.True(word.Span.Start >= instruction.Span.Start && word.Span.End <= end, "a word stands outside of its instruction");
            }
        }

        Assert.All(DockerfileChecks.Run(file), finding => Inside(finding.Span, text));
    }

    private static IEnumerable<Word> Words(Instruction instruction) => instruction switch
    {
        FromInstruction from => [from.Image, from.Header.Keyword],
        CopyInstruction copy => [.. copy.Sources, copy.Destination, .. copy.Excludes],
        AddInstruction add => [.. add.Sources, add.Destination],
        EnvInstruction env => env.Pairs.SelectMany(pair => new[] { pair.Key, pair.Value }),
        ArgInstruction arg => arg.Declarations.Select(declaration => declaration.Name),
        OnbuildInstruction onbuild => [onbuild.Trigger],
        RunInstruction { Command: ExecCommand exec } => exec.Arguments,
        _ => [instruction.Header.Keyword],
    };

    private static void Inside(SourceSpan span, string text) =>
        Assert.True(span.Start >= 0 && span.Length >= 0 && span.End <= text.Length, $"{span.Start}+{span.Length} of {text.Length}");
}
