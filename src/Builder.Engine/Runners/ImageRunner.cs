using System.Collections.Concurrent;
using Builder.Engine.Images;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;

namespace Builder.Engine.Runners;

/// <summary>The layers of a base image, fetched and unpacked when the first step needs them.</summary>
internal sealed class ImageRunner(BuilderStore store, BaseImages images, IBuildEvents events, TimeProvider time)
{
    /// <summary>Only says which layers the image has: whoever wants to see them asks for them.</summary>
    public StepResult Defer(ImageOperation operation)
    {
        var image = images.Get(operation.ManifestDigest);
        return new StepResult(store.Snapshots.DeferChain(image.Config.RootFs.DiffIds), image.Config.Created);
    }

    public async Task<StepResult> RunAsync(Vertex vertex, ImageOperation operation, CancellationToken cancellationToken)
    {
        var image = images.Get(operation.ManifestDigest);
        var layers = image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds).ToArray();
        var announced = new ConcurrentDictionary<string, long>();
        await images.FetchBigLayersAsync(image, Tell, cancellationToken);
        var snapshot = await store.Layers.EnsureSnapshotsAsync(
            layers,
            (layer, token) => images.OpenLayerAsync(image, layer, token),
            progress => Tell(progress.Layer, progress.Stage == LayerStage.Done ? progress.Layer.Size : progress.Bytes),
            cancellationToken);
        images.KeepName(image);
        return new StepResult(snapshot, image.Config.Created);

        // A row a layer and mebibyte is enough for any display.
        void Tell(Descriptor layer, long bytes)
        {
            var name = layer.Digest.Short;
            var step = bytes >> 20;
            if (bytes == layer.Size || announced.AddOrUpdate(name, step, (_, old) => Math.Max(old, step)) != step || step == 0)
            {
                events.Publish(new VertexProgress(vertex, time.GetUtcNow(), name, bytes, layer.Size));
            }
        }
    }
}
