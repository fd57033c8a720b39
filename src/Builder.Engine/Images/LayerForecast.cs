using System.Collections.Concurrent;
using Builder.Graph;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Images;

/// <summary>
/// Reads and hashes a finished step's layer while the next step runs, if the image will have that layer: when the last step
/// ends, most of the diff IDs are known.
/// </summary>
/// <param name="steps">The vertices whose layers the image will have.</param>
internal sealed class LayerForecast(BuilderStore store, IEnumerable<Vertex> steps, Func<Snapshot, LayerOptions> options, CancellationToken cancellationToken)
{
    private readonly HashSet<Oci.Digest> wanted = [.. steps.Select(step => step.Digest)];
    private readonly ConcurrentDictionary<string, Task> underway = new(StringComparer.Ordinal);

    /// <summary>A step has ended.</summary>
    public void Note(Vertex vertex, Snapshot? snapshot)
    {
        if (snapshot is not null && wanted.Contains(vertex.Digest))
        {
            underway.TryAdd(snapshot.Id, Task.Run(() => store.Layers.Describe(snapshot, options(snapshot), cancellationToken), CancellationToken.None));
        }
    }

    /// <summary>Ends when all that was begun is done; what failed will fail again, in its place, when the image is put together.</summary>
    public Task FinishAsync() =>
        Task.WhenAll(underway.Values).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
