using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Images;
using Builder.Engine.Inspection;
using Builder.Engine.Sources;
using Builder.Graph.Compilation;
using Builder.Graph.Inspection;

namespace Builder.Engine;

/// <content>What can be asked about a build without building.</content>
public sealed partial class ImageBuilder
{
    /// <summary>Runs the build checks. An error of the Dockerfile is part of the answer.</summary>
    /// <exception cref="BuilderException">There is nothing to check: no such file, context or target.</exception>
    public async Task<CheckedDockerfile> CheckAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var sources = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, sources, cancellationToken);
        request = await DockerfileReader.FetchAsync(request, sources, cancellationToken);
        var source = DockerfileReader.Read(request, context);
        var images = new LenientImages(new BaseImages(store, registry, request.Pull));
        try
        {
            var syntax = FrontEnd.Parse(source, request.BuildArgs);
            var options = OptionsFor(request, context, sources);
            var report = await DockerfileInspector.CheckAsync(syntax, options, images, cancellationToken);
            return new CheckedDockerfile(source, report, images.Unseen);
        }
        catch (BuilderException e) when (e.Span is { } span && ReferenceEquals(span.Source, source))
        {
            return new CheckedDockerfile(source, new CheckReport([], e, AreErrors: false), []);
        }
    }

    /// <summary>What the build of the request's target takes from outside.</summary>
    /// <exception cref="BuilderException">The target does not compile.</exception>
    public async Task<(SourceText Source, Outline Outline)> OutlineAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var sources = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, sources, cancellationToken);
        request = await DockerfileReader.FetchAsync(request, sources, cancellationToken);
        var source = DockerfileReader.Read(request, context);
        var images = new LenientImages(new BaseImages(store, registry, request.Pull));
        var options = OptionsFor(request, context, sources);
        return (source, await DockerfileInspector.OutlineAsync(FrontEnd.Parse(source, request.BuildArgs), options, images, cancellationToken));
    }

    /// <summary>The stages of the request's Dockerfile.</summary>
    /// <exception cref="BuilderException">The file does not parse.</exception>
    public async Task<(SourceText Source, IReadOnlyList<TargetDescription> Targets)> TargetsAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var sources = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, sources, cancellationToken);
        request = await DockerfileReader.FetchAsync(request, sources, cancellationToken);
        var source = DockerfileReader.Read(request, context);
        return (source, DockerfileInspector.Targets(FrontEnd.Parse(source, request.BuildArgs)));
    }

    private static CompileOptions OptionsFor(BuildRequest request, MainContext context, RemoteSources sources)
    {
        var contexts = new ContextFolders(context, DockerfileReader.PathOf(request, context), request.ContextMode);
        return OptionsOf(request, NamedContexts(request, contexts), contexts, new SourceTimes(context, sources));
    }
}
