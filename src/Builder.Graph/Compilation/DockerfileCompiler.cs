using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>Turns a Dockerfile into a graph and the description of an image.</summary>
public static class DockerfileCompiler
{
    /// <summary>Compiles the stages that the target needs, and asks for their base images and no others.</summary>
    /// <exception cref="BuilderException">
    /// See <see cref="GraphErrors"/>; from the resolver; from expansion. Errors of several instructions come together
    /// (<see cref="BuilderException.Others"/>).
    /// </exception>
    public static async Task<BuildPlan> CompileAsync(
        DockerfileSyntax dockerfile, CompileOptions options, IImageResolver resolver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(resolver);

        var run = new CompilationRun(dockerfile, options, resolver);
        var target = TargetOf(dockerfile, options.Target);
        var scope = await run.RunAsync(target, cancellationToken);

        var state = scope.StateOf(target.Index);
        var image = new ImageBlueprint(state.Base, options.TargetPlatform, WithLabels(state.Config, options.Labels), state.Author, state.AllSteps)
        {
            SourceDateEpoch = scope.SourceDateEpoch,
        };
        var warnings = run.Warnings;
        var unused = UnusedBuildArgs.Of(dockerfile, options.BuildArgs.Keys, scope.DeclaredArgs);
        return new BuildPlan(state.Root, image, [.. warnings, .. unused]) { CheckFailure = CheckFailure(run.Settings, warnings) };
    }

    /// <summary>BuildKit's words for it, which people search for.</summary>
    private static BuilderException? CheckFailure(CheckSettings settings, IReadOnlyList<Diagnostic> warnings) =>
        !settings.Error || warnings.Count == 0 ? null : new BuilderException(
            GraphErrors.ChecksFailed,
            $"lint violation found for rules: {string.Join(", ", warnings.Select(warning => warning.Rule).Distinct().Order(StringComparer.Ordinal))}",
            "check=error=true makes warnings errors; mend them, or skip a check by its name: check=skip=NAME;error=true");

    internal static StageSyntax TargetOf(DockerfileSyntax dockerfile, string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return dockerfile.Stages[^1];
        }

        var target = dockerfile.Stages.LastOrDefault(stage => string.Equals(stage.Name, name, StringComparison.OrdinalIgnoreCase));
        if (target is not null)
        {
            return target;
        }

        var names = dockerfile.Stages.Select(stage => stage.Name).OfType<string>().ToList();
        var near = Suggestions.Nearest(name, names);
        throw new BuilderException(
            GraphErrors.UnknownTarget, $"target stage \"{name}\" could not be found",
            near is not null ? $"did you mean {near}?"
            : names.Count > 0 ? $"the stages are: {string.Join(", ", names)}"
            : "give the stage a name with FROM … AS name");
    }

    private static ExecutionConfig WithLabels(ExecutionConfig config, IReadOnlyDictionary<string, string> labels) =>
        labels.Count == 0 ? config : config with { Labels = ConfigSets.With(config.Labels, labels.Select(label => (label.Key, label.Value))) };
}
