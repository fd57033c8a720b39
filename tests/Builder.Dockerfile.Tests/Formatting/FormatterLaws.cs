using Builder.Diagnostics;
using Builder.Dockerfile.Formatting;
using CsCheck;

namespace Builder.Dockerfile.Tests.Formatting;

/// <summary>What holds for the layout of every text that parses.</summary>
public class FormatterLaws
{
    [Fact]
    public void Formatting_never_changes_the_meaning_and_twice_is_once()
    {
        AnyText.Gen.Sample(
            text =>
            {
                if (Format(text) is { } formatted)
                {
                    Assert.Equal(Meaning.Of(Dockerfiles.Parse(text)), Meaning.Of(Dockerfiles.Parse(formatted)));
                    Assert.Equal(formatted, Format(formatted));
                }
            },
            iter: 2_500);
    }

    [Fact]
    public void Every_layout_of_a_right_dockerfile_can_be_formatted()
    {
        AnyText.Dockerfile.Sample(
            text =>
            {
                var formatted = Format(text);
                Assert.NotNull(formatted);
                Assert.Equal(Meaning.Of(Dockerfiles.Parse(text)), Meaning.Of(Dockerfiles.Parse(formatted)));
                Assert.Equal(formatted, Format(formatted));
                Assert.DoesNotContain(" \n", formatted.Replace("# x \n", "", StringComparison.Ordinal), StringComparison.Ordinal);
            },
            iter: 2_500);
    }

    private static string? Format(string text)
    {
        try
        {
            return DockerfileFormatter.Format(new SourceText("Dockerfile", text));
        }
        catch (DockerfileException)
        {
            return null;
        }
    }
}
