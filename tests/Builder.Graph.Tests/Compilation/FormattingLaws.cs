using Builder.Diagnostics;
using Builder.Dockerfile.Formatting;
using Builder.Dockerfile.Tests;
using Builder.Graph.Compilation;
using CsCheck;

namespace Builder.Graph.Tests.Compilation;

/// <summary>What a formatted Dockerfile builds is what the Dockerfile built.</summary>
public sealed class FormattingLaws : CompilerTest
{
    [Fact]
    public async Task Formatting_never_changes_the_plan()
    {
        var compiled = 0;
        await AnyText.Dockerfile.SampleAsync(
            async text =>
            {
                var before = await PlanOf(text);
                Assert.Equal(before, await PlanOf(DockerfileFormatter.Format(new SourceText("Dockerfile", text))));
                compiled += before.StartsWith("error", StringComparison.Ordinal) ? 0 : 1;
            },
            iter: 400, threads: 1);
        Assert.InRange(compiled, 100, 400);
    }

    /// <summary>The digest of the graph and everything about the image; or the error.</summary>
    private async Task<string> PlanOf(string text)
    {
        try
        {
            var plan = await CompileAsync(text);
            var image = plan.Image;
            return string.Join('\n', [
                plan.Root?.Digest.ToString() ?? "no files",
                System.Text.Encoding.UTF8.GetString(Oci.OciJson.Write(image.Config)),
                image.Author,
                .. image.Steps.Select(step => $"{step.CreatedBy} {step.Layer?.Digest}")]);
        }
        catch (BuilderException e)
        {
            return $"error {e.Code}";
        }
    }
}
