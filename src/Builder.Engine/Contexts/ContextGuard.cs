using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Engine.Contexts;

/// <summary>
/// Keeps a context that changes during the build from getting under a wrong key. Keys are made of what is in the files
/// before anything runs, the files are copied later; whatever was touched since its key was made is read once more, and
/// has to be what it was.
/// </summary>
internal sealed class ContextGuard(TimeProvider time)
{
    /// <summary>The kernel's clock for files may lag behind ours by as much as one tick.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(Digest Vertex, int Input), (Digest Key, DateTimeOffset Since)> keys = new();

    /// <summary>Makes a key, and remembers when that was begun.</summary>
    public Digest Watch(Vertex vertex, int input, Func<Digest> read)
    {
        var since = time.GetUtcNow();
        var key = read();
        keys[(vertex.Digest, input)] = (key, since);
        return key;
    }

    /// <summary>After the copy: fails when it may have copied something else than the key says.</summary>
    /// <exception cref="BuilderException"><see cref="SourceErrors.ContextChanged"/>.</exception>
    public void Verify(Vertex vertex, int input, SourceTree tree, Func<Digest> read, CancellationToken cancellationToken)
    {
        if (!keys.TryGetValue((vertex.Digest, input), out var known) || !MayHaveChanged(vertex, input, tree, known.Since - Tick, cancellationToken))
        {
            return;
        }

        Digest now;
        try
        {
            now = read();
        }
        catch (BuilderException e)
        {
            throw Changed(e);
        }

        if (now != known.Key)
        {
            throw Changed(null);
        }
    }

    private static bool MayHaveChanged(Vertex vertex, int input, SourceTree tree, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var copy = (CopyOperation)vertex.Operation;
        return copy.Sources.Where(source => source.Input == input)
            .Any(source => copy.Parents || source.IsPattern || RecentChanges.Any(tree, source.Path, copy.Excludes, since, cancellationToken));
    }

    public static BuilderException Changed(Exception? inner) => new(
        SourceErrors.ContextChanged, "the build context changed while it was read", "build again when nothing writes to it any more; the cache holds nothing of this step", inner: inner);
}
