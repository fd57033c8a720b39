using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Images;
using Builder.Engine.Locking;
using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Compilation;

namespace Builder.Engine;

/// <content>What a Dockerfile takes from outside.</content>
public sealed partial class ImageBuilder
{
    /// <summary>The path of a Dockerfile's lock file, and what it would say now: of all stages, for all platforms of the request.</summary>
    /// <exception cref="BuilderException">The file does not compile, or something cannot be had.</exception>
    public async Task<(string Path, LockFile Now)> LookOutsideAsync(BuildRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var access = new BuildAccess(request, store.NewTemporaryPath);
        using var sources = new RemoteSources(store, access.Sources, time);
        using var context = await OpenContextAsync(request, sources, cancellationToken);
        var path = LockPathOf(request, context);
        var syntax = FrontEnd.Parse(DockerfileReader.Read(request, context), request.BuildArgs);
        var bases = new BaseImages(store, registry, request.Pull);
        var options = OptionsFor(request, context, sources);
        var vertices = new List<Vertex>();
        foreach (var platform in request.AllPlatforms)
        {
            foreach (var stage in syntax.Stages.Where(stage => stage.Name is not null || stage.Index == syntax.Stages.Length - 1))
            {
                var plan = await DockerfileCompiler.CompileAsync(syntax, options with { TargetPlatform = platform, Target = stage.Index == syntax.Stages.Length - 1 ? null : stage.Name }, bases, cancellationToken);
                vertices.AddRange(plan.Root is { } root ? BuildGraph.Of(root).Vertices : []);
            }
        }

        return (path, await LockFile.OfAsync(vertices.DistinctBy(vertex => vertex.Digest), sources, cancellationToken));
    }

    private static string LockPathOf(BuildRequest request, MainContext context) =>
        DockerfileReader.PathOf(request, context) is { } path ? path + LockFile.Suffix : throw new BuilderException(
            EngineErrors.BadLock, "a lock file lies beside its Dockerfile, and this one is in no folder", "build from a folder, without -f -");
}
