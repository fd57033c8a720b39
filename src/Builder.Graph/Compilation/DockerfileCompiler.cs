using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// Turns a Dockerfile into a graph and the description of an image: find what the target needs, resolve it, then go
/// through the needed stages in the order of the file.
/// </summary>
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

        var warnings = new WarningList(dockerfile.Directives.Check ?? CheckDirective.None);
        var expander = new Expander(warnings);
        var buildArgs = SourceDate.AmongBuildArgs(options);
        var globals = GlobalScope.Of(dockerfile, options, buildArgs, expander);
        buildArgs = await SourceDate.ResolveAsync(dockerfile, options, buildArgs, globals, expander, cancellationToken);
        var contexts = new ContextCatalogue(options.NamedContexts);
        var target = TargetOf(dockerfile, options.Target);

        var finder = new OriginFinder(dockerfile, contexts, resolver, cancellationToken);
        var plans = await new StagePlanner(dockerfile, options, globals, expander, contexts, finder).PlanAsync(target);

        var scope = new CompilationScope(dockerfile, options, buildArgs, globals, expander, warnings);
        var errors = new ErrorList();
        foreach (var plan in plans)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scope.Add(plan, StageCompiler.Compile(scope, plan, errors));
        }

        errors.ThrowIfAny();

        var state = scope.StateOf(target.Index);
        var image = new ImageBlueprint(state.Base, options.TargetPlatform, WithLabels(state.Config, options.Labels), state.Author, state.Steps)
        {
            SourceDateEpoch = SourceDate.Of(buildArgs, globals),
        };
        return new BuildPlan(state.Root, image, warnings.Warnings);
    }

    private static StageSyntax TargetOf(DockerfileSyntax dockerfile, string? name)
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
