using System.Globalization;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>Finds out what names mean; asks the resolver for each image once.</summary>
internal sealed class OriginFinder(
    DockerfileSyntax dockerfile, ContextCatalogue contexts, IImageResolver resolver, CancellationToken cancellationToken)
{
    private const string Scratch = "scratch";

    private readonly Dictionary<string, Task<ResolvedBase>> resolving = new(StringComparer.Ordinal);

    /// <summary>What a FROM starts from: named context, earlier stage of exactly this name, nothing, image; in this order.</summary>
    public Task<Origin> FindBaseAsync(StageSyntax stage, string name, Platform platform)
    {
        var span = stage.From.Image.Span;
        if (contexts.Find(name, platform) is { } named)
        {
            return FromContextAsync(named, platform, span);
        }

        for (var i = stage.Index - 1; i >= 0 && name != Scratch; i--)
        {
            if (dockerfile.Stages[i].Name == name)
            {
                return Task.FromResult<Origin>(new StageOrigin(i));
            }
        }

        return FromImageNameAsync(name, platform, span);
    }

    /// <summary>What <c>--from</c> or a mount names: an earlier stage, named context, image; in this order.</summary>
    /// <param name="isMount">Mounts do not count stages.</param>
    public Task<Origin> FindAsync(StageSyntax stage, string name, bool isMount, Platform platform, SourceSpan span)
    {
        if (!isMount && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return index < stage.Index
                ? Task.FromResult<Origin>(new StageOrigin(index))
                : throw new BuilderException(GraphErrors.InvalidStageReference, $"invalid stage index {index}", "only stages above can be copied from; they count from 0", span);
        }

        var named = dockerfile.Stages.LastOrDefault(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase));
        if (named is not null)
        {
            RequireEarlier(named, stage, name, isMount, span);
            return Task.FromResult<Origin>(new StageOrigin(named.Index));
        }

        return contexts.Find(name, platform) is { } context
            ? FromContextAsync(context, platform, span)
            : FromImageNameAsync(name, platform, span);
    }

    public Task<Origin> FromContextAsync((string Name, NamedContext Context) named, Platform platform, SourceSpan span) => named.Context switch
    {
        ScratchContext => Task.FromResult<Origin>(new ScratchOrigin()),
        ImageContext image => FromImageAsync(image.Reference, platform, span),
        LayoutContext layout => FromLayoutAsync(layout, platform, span),
        FolderContext => Task.FromResult<Origin>(new SourceOrigin(new ContextOperation(named.Name))),
        GitContext git => Task.FromResult<Origin>(new SourceOrigin(GitSource.Parse(git.Url, false, null, span))),
        HttpContext http => Task.FromResult<Origin>(new SourceOrigin(new HttpOperation(http.Url, RemoteSource.ContextFile, null))),
        var other => throw new ArgumentException($"no such kind of context: {other}", nameof(named)),
    };

    private static void RequireEarlier(StageSyntax named, StageSyntax stage, string name, bool isMount, SourceSpan span)
    {
        var current = stage.Name ?? stage.Index.ToString(CultureInfo.InvariantCulture);
        if (named.Index == stage.Index)
        {
            throw new BuilderException(GraphErrors.CircularDependency, $"circular dependency detected on stage: {current}", span: span);
        }

        if (named.Index > stage.Index)
        {
            var verb = isMount ? "mount" : "copy";
            throw new BuilderException(
                GraphErrors.InvalidStageReference,
                $"cannot {verb} from stage \"{name}\", it needs to be defined before current stage \"{current}\"",
                "move the stage up; of several stages with one name the last counts", span);
        }
    }

    private Task<Origin> FromImageNameAsync(string name, Platform platform, SourceSpan span)
    {
        if (name == Scratch)
        {
            return Task.FromResult<Origin>(new ScratchOrigin());
        }

        ImageReference reference;
        try
        {
            reference = ImageReference.Parse(name);
        }
        catch (BuilderException e)
        {
            throw new BuilderException(GraphErrors.InvalidBase, $"failed to parse stage name \"{name}\": {e.Message}", e.Hint, span, e);
        }

        return FromImageAsync(reference, platform, span);
    }

    private async Task<Origin> FromImageAsync(ImageReference reference, Platform platform, SourceSpan span) =>
        new ImageOrigin(await Once($"{reference} {platform}", () => resolver.ResolveAsync(reference, platform, span, cancellationToken), span), platform);

    private async Task<Origin> FromLayoutAsync(LayoutContext layout, Platform platform, SourceSpan span) =>
        new ImageOrigin(await Once($"{layout.Path}\n{layout.Reference} {platform}", () => resolver.ResolveAsync(layout, platform, span, cancellationToken), span), platform);

    private async Task<ResolvedBase> Once(string key, Func<Task<ResolvedBase>> resolve, SourceSpan span)
    {
        Task<ResolvedBase>? task;
        lock (resolving)
        {
            if (!resolving.TryGetValue(key, out task))
            {
                resolving[key] = task = Task.Run(resolve, cancellationToken);
            }
        }

        try
        {
            return await task;
        }
        catch (BuilderException e) when (e.Span is null)
        {
            throw e.At(span);
        }
    }
}
