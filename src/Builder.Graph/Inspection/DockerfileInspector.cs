using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation;

namespace Builder.Graph.Inspection;

/// <summary>Answers questions about a Dockerfile without building anything.</summary>
public static class DockerfileInspector
{
    /// <summary>
    /// Runs all checks. Without a target all stages are looked at: a file is checked for whoever builds from it.
    /// </summary>
    /// <exception cref="BuilderException">The target does not exist, or the settings of the checks are malformed.</exception>
    public static async Task<CheckReport> CheckAsync(
        DockerfileSyntax dockerfile, CompileOptions options, IImageResolver resolver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        ArgumentNullException.ThrowIfNull(options);
        var run = new CompilationRun(dockerfile, options, resolver);
        var target = string.IsNullOrEmpty(options.Target) ? null : DockerfileCompiler.TargetOf(dockerfile, options.Target);
        BuilderException? error = null;
        try
        {
            await run.RunAsync(target, cancellationToken);
        }
        catch (BuilderException e)
        {
            error = e;
        }

        return new CheckReport(run.Warnings, error, run.Settings.Error);
    }

    /// <summary>What a user can give to the build of a target.</summary>
    /// <exception cref="BuilderException">The target does not compile.</exception>
    public static async Task<Outline> OutlineAsync(
        DockerfileSyntax dockerfile, CompileOptions options, IImageResolver resolver, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        ArgumentNullException.ThrowIfNull(options);
        var target = DockerfileCompiler.TargetOf(dockerfile, options.Target);
        var scope = await new CompilationRun(dockerfile, options, resolver).RunAsync(target, cancellationToken);
        return OutlineReader.Read(scope, target);
    }

    /// <summary>The stages of a file, in its order. Nothing is compiled.</summary>
    public static IReadOnlyList<TargetDescription> Targets(DockerfileSyntax dockerfile)
    {
        ArgumentNullException.ThrowIfNull(dockerfile);
        return
        [
            .. dockerfile.Stages.Select(stage => new TargetDescription(
                stage.Name, stage.From.Description, stage.Index == dockerfile.Stages.Length - 1, stage.From.Image.Text, stage.From.Platform?.Text, stage.From.Span)),
        ];
    }
}
