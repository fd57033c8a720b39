using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Engine.Deferring;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Linux;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Layers.Indexing;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Runners;

/// <summary>
/// COPY, ADD and WORKDIR whose files nobody looks at: straight from the context to a layer in the store. Nothing is unpacked and
/// no file is made, so it takes no privilege.
/// </summary>
/// <param name="epoch">SOURCE_DATE_EPOCH, which no file of a layer is younger than; null for the time of the step.</param>
internal sealed class LayerRunner(BuilderStore store, DeferredTrees trees, CopyRunner copies, InputTimes times, DateTimeOffset? epoch)
{
    /// <summary>Whether a step can be put on top of this without files.</summary>
    public bool CanWorkOn(Snapshot? root) => store.Layers.HasLayers(root);

    public async Task<StepResult> CopyAsync(Vertex vertex, CopyOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        var root = inputs[0]!.Snapshot;
        var tree = await trees.TakeAsync(vertex, root, cancellationToken);
        var rules = copies.RulesOf(vertex, operation, AccountFiles.Reader(tree, cancellationToken));
        using var copier = new LayerCopier(tree, rules, store.NewTemporaryPath, cancellationToken);
        return copies.CopyAll(vertex, operation, inputs, copier, () => Write(tree, vertex, inputs, cancellationToken), cancellationToken);
    }

    public async Task<StepResult> MakeDirectoryAsync(Vertex vertex, MakeDirectoryOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        var tree = await trees.TakeAsync(vertex, inputs[0]!.Snapshot, cancellationToken);
        using var copier = new LayerCopier(tree, CopyRunner.RulesOf(operation, AccountFiles.Reader(tree, cancellationToken)), store.NewTemporaryPath, cancellationToken);
        copier.MakeDirectory(GuestPath.FromText(operation.Path));
        return Write(tree, vertex, inputs, cancellationToken);
    }

    /// <summary>The layers of the inputs, as they are, on top of the first: neither it nor they have to be known.</summary>
    public StepResult Merge(Vertex vertex, IReadOnlyList<StepResult?> inputs)
    {
        var time = times.Of(vertex, inputs);
        var result = inputs[0]!.Snapshot;
        foreach (var input in inputs.Skip(1))
        {
            var layers = new Stack<Snapshot>();
            for (var layer = input!.Snapshot; layer is not null; layer = store.Snapshots.ParentOf(layer))
            {
                layers.Push(layer);
            }

            result = layers.Aggregate(result, (below, layer) => store.Layers.Restack(layer, below, time));
        }

        return new StepResult(result, time);
    }

    private StepResult Write(IndexedTree tree, Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        var time = times.Of(vertex, inputs);
        var options = new LayerOptions { SourceDateEpoch = (epoch ?? time).ToUnixTimeSeconds() };
        try
        {
            var snapshot = store.Layers.Write(tree, inputs[0]!.Snapshot, time, options, cancellationToken);
            trees.Give(snapshot, tree);
            return new StepResult(snapshot, time);
        }
        catch (Exception e) when (e is FileChangedException || e is LinuxException { Errno: Errno.ENOENT or Errno.ENOTDIR or Errno.EINVAL or Errno.ESTALE })
        {
            throw ContextGuard.Changed(e);
        }
    }
}
