using System.Collections.Concurrent;
using Builder.Graph;
using Builder.Graph.Solving;
using Builder.Linux.Isolation;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Layers.Indexing;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Deferring;

/// <summary>The trees that steps work on without files, and the files of what was deferred, for those who need them after all.</summary>
internal sealed class DeferredTrees(BuilderStore store, LayerOrigins origins, IBuildEvents events, TimeProvider time)
{
    // A tree belongs to one step at a time; the step that comes next on top of it takes it over.
    private readonly ConcurrentDictionary<string, IndexedTree> idle = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task>> unpacking = new(StringComparer.Ordinal);

    public LayerOrigins Origins => origins;

    /// <summary>What a snapshot consists of, for one step to put something on top.</summary>
    public async Task<IndexedTree> TakeAsync(Vertex vertex, Snapshot? parent, CancellationToken cancellationToken) =>
        parent is not null && idle.TryRemove(parent.Id, out var known)
            ? known
            : await store.Layers.IndexAsync(parent, origins.Find, Reporter(vertex), cancellationToken);

    /// <summary>The tree is that of a finished step now.</summary>
    public void Give(Snapshot snapshot, IndexedTree tree) => idle[snapshot.Id] = tree;

    /// <summary>Sees to it that the files of a result are here.</summary>
    /// <exception cref="RootNeededException">They would have to be made by an ordinary user.</exception>
    public async Task UnpackAsync(Vertex vertex, Snapshot? snapshot, CancellationToken cancellationToken)
    {
        if (snapshot is null || store.Snapshots.IsUnpacked(snapshot))
        {
            return;
        }

        RequireRoot();
        var work = unpacking.GetOrAdd(snapshot.Id, _ => new Lazy<Task>(() => store.Layers.UnpackAsync(snapshot, origins.Find, Reporter(vertex), cancellationToken)));
        try
        {
            await work.Value;
        }
        catch
        {
            unpacking.TryRemove(snapshot.Id, out _);
            throw;
        }
    }

    /// <summary>Sees to it that the layers which steps elsewhere made for a snapshot can be put into an image.</summary>
    public async Task LearnAsync(Snapshot? top, CancellationToken cancellationToken)
    {
        for (var snapshot = top; snapshot is not null; snapshot = store.Snapshots.ParentOf(snapshot))
        {
            if (store.Snapshots.CreatedOf(snapshot) is not null)
            {
                await store.Layers.LearnAsync(snapshot, origins.Find, cancellationToken);
            }
        }
    }

    public static void RequireRoot()
    {
        if (UserNamespaceEntry.IsNeeded)
        {
            throw new RootNeededException();
        }
    }

    /// <summary>A row a layer and mebibyte is enough for any display.</summary>
    private Action<LayerProgress> Reporter(Vertex vertex)
    {
        var told = new ConcurrentDictionary<Digest, long>();
        return progress =>
        {
            var (layer, bytes) = (progress.Layer, progress.Stage == LayerStage.Done ? progress.Layer.Size : progress.Bytes);
            var step = bytes >> 20;
            if (bytes == layer.Size || told.AddOrUpdate(layer.Digest, step, (_, old) => Math.Max(old, step)) != step || step == 0)
            {
                events.Publish(new VertexProgress(vertex, time.GetUtcNow(), layer.Digest.Short, bytes, layer.Size));
            }
        };
    }
}
