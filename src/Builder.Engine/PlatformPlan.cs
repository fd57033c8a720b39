using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Engine.Exporters;
using Builder.Graph;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Engine;

/// <summary>What a build comes to for one platform.</summary>
/// <param name="Also">Stages that have to succeed and whose results nobody takes (<c>--also</c>).</param>
internal sealed record PlatformPlan(Platform Platform, BuildPlan Plan, IReadOnlyList<Vertex> Also)
{
    /// <summary>Compiles the file once for each platform; steps that do not depend on it come out equal and are run once.</summary>
    public static async Task<IReadOnlyList<PlatformPlan>> CompileAllAsync(
        DockerfileSyntax syntax, BuildRequest request, CompileOptions options, IImageResolver images, CancellationToken cancellationToken)
    {
        var plans = new List<PlatformPlan>();
        foreach (var platform in request.AllPlatforms)
        {
            var own = options with { TargetPlatform = platform };
            var plan = await DockerfileCompiler.CompileAsync(syntax, own, images, cancellationToken);
            var also = new List<Vertex>();
            foreach (var stage in request.Also)
            {
                var checkedStage = await DockerfileCompiler.CompileAsync(syntax, own with { Target = stage }, images, cancellationToken);
                also.AddRange(checkedStage.Root is { } root ? [root] : []);
            }

            plans.Add(new PlatformPlan(platform, plan, also));
        }

        return plans;
    }

    /// <summary>What was found to be odd, each thing once.</summary>
    public static IEnumerable<Diagnostic> WarningsOf(IEnumerable<PlatformPlan> plans) =>
        plans.SelectMany(plan => plan.Plan.Warnings).DistinctBy(warning => (warning.Rule, warning.Message, warning.Span?.Start));

    /// <summary>Whether anybody looks at the image's files, or they are only those of its base.</summary>
    public bool NeedsFiles(BuildRequest request, IReadOnlyList<OutputSpec> outputs) =>
        request.Squash == SquashMode.All
        || Plan.Image.Steps.Any(step => step.Layer is not null)
        || outputs.Any(output => output.Kind is OutputKind.Tar or OutputKind.Local);
}
