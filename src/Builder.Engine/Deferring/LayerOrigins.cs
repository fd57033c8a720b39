using System.Collections.Concurrent;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage.Layers;

namespace Builder.Engine.Deferring;

/// <summary>Where layers come from that this build knows of and the store may lack: those of base images, and of caches.</summary>
internal sealed class LayerOrigins(BaseImages bases)
{
    private readonly ConcurrentDictionary<DiffId, LayerOrigin> others = new();

    public void Add(DiffId diffId, LayerOrigin origin) => others.TryAdd(diffId, origin);

    public LayerOrigin? Find(DiffId diffId) =>
        bases.FindLayer(diffId) is var (image, blob) ? new LayerOrigin(blob, token => bases.OpenResumableAsync(image, blob, token))
        : others.GetValueOrDefault(diffId);
}
