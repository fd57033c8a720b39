using System.Collections.Concurrent;
using Builder.Engine.Images;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Storage;
using Builder.Storage.Layers;

namespace Builder.Engine.Runners;

/// <summary>The layers of a base image, fetched and unpacked when the first step needs them.</summary>
internal sealed class ImageRunner(BuilderStore store, BaseImages images, IBuildEvents events, TimeProvider time)
{
    public async Task<StepResult> RunAsync(Vertex vertex, ImageOperation operation, CancellationToken cancellationToken)
    {
        var image = images.Get(operation.ManifestDigest);
        var layers = image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds).ToArray();
        var announced = new ConcurrentDictionary<string, long>();
        var snapshot = await store.Layers.EnsureSnapshotsAsync(
            layers,
            (layer, token) => images.OpenLayerAsync(image, layer, token),
            progress =>
            {
                // A row a layer and mebibyte is enough for any display.
                var name = progress.Layer.Digest.Short;
                var step = progress.Bytes >> 20;
                if (progress.Stage == LayerStage.Done || announced.AddOrUpdate(name, step, (_, old) => Math.Max(old, step)) != step || step == 0)
                {
                    events.Publish(new VertexProgress(vertex, time.GetUtcNow(), name, progress.Stage == LayerStage.Done ? progress.Layer.Size : progress.Bytes, progress.Layer.Size));
                }
            },
            cancellationToken);
        images.KeepName(image);
        return new StepResult(snapshot);
    }
}
