using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation.Checks;

namespace Builder.Graph.Compilation;

/// <summary>
/// One run of the compiler: find what the targets need, resolve it, then go through the needed stages in the order of the file.
/// What checks found is there also when the run ends in an error.
/// </summary>
internal sealed class CompilationRun
{
    private readonly DockerfileSyntax dockerfile;
    private readonly CompileOptions options;
    private readonly IImageResolver resolver;
    private readonly List<Finding> findings;
    private readonly int[] stageStarts;
    private HashSet<int>? needed;

    public CompilationRun(DockerfileSyntax dockerfile, CompileOptions options, IImageResolver resolver)
    {
        (this.dockerfile, this.options, this.resolver) = (dockerfile, options, resolver);
        Settings = CheckSettings.Of(dockerfile, options.BuildArgs.GetValueOrDefault("BUILDKIT_DOCKERFILE_CHECK"));
        findings = [.. DockerfileChecks.Run(dockerfile)];
        stageStarts = [.. dockerfile.Stages.Select(stage => stage.From.Span.Start)];
    }

    public CheckSettings Settings { get; }

    /// <summary>What was found so far and matters. Before it is known which stages are needed, of all of them.</summary>
    public IReadOnlyList<Diagnostic> Warnings => Settings.Select(findings.Where(finding => !finding.Rule.OnlyNeededStages || IsNeeded(finding)));

    /// <summary>Compiles the stages that the target needs, or all stages if there is none to choose them by.</summary>
    /// <exception cref="BuilderException">See <see cref="GraphErrors"/>; from the resolver; from expansion.</exception>
    public async Task<CompilationScope> RunAsync(StageSyntax? target, CancellationToken cancellationToken)
    {
        var expander = new Expander();
        var buildArgs = SourceDate.AmongBuildArgs(options);
        FrontEnd.RequireOurs(dockerfile.Directives, buildArgs);
        var globals = GlobalScope.Of(dockerfile, options, buildArgs, expander);
        buildArgs = await SourceDate.ResolveAsync(dockerfile, options, buildArgs, globals, expander, cancellationToken);
        findings.AddRange(CompilationChecks.OfFroms(new FromView(dockerfile, globals, DefaultGlobals(expander))));

        var contexts = new ContextCatalogue(options.NamedContexts);
        var finder = new OriginFinder(dockerfile, contexts, resolver, cancellationToken);
        var plans = await new StagePlanner(dockerfile, options, globals, expander, contexts, finder)
            .PlanAsync(target is null ? dockerfile.Stages : [target]);
        needed = [.. plans.Select(plan => plan.Syntax.Index)];

        var scope = new CompilationScope(dockerfile, options, buildArgs, globals, expander, findings);
        var errors = new ErrorList();
        foreach (var plan in plans)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (StageCompiler.Compile(scope, plan, errors) is { } state)
            {
                scope.Add(plan, state);
            }
        }

        errors.ThrowIfAny();
        return scope;
    }

    /// <summary>What FROM would see without any build argument; null when that does not expand.</summary>
    private VariableMap? DefaultGlobals(Expander expander)
    {
        try
        {
            return GlobalScope.Of(dockerfile, options, new Dictionary<string, string>(), expander);
        }
        catch (BuilderException)
        {
            return null;
        }
    }

    private bool IsNeeded(Finding finding)
    {
        var found = Array.BinarySearch(stageStarts, finding.Span.Start);
        var stage = found >= 0 ? found : ~found - 1;
        return needed is null || stage < 0 || needed.Contains(stage);
    }
}
