using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Images;

/// <summary>The files of an image that is in the store.</summary>
public static class StoredImageTree
{
    /// <summary>Unpacks the layers that are not unpacked yet; null for an image without layers.</summary>
    public static Task<Snapshot?> UnpackAsync(BuilderStore store, StoredImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(image);
        var layers = image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds).ToArray();
        return store.Layers.EnsureSnapshotsAsync(layers, (layer, token) => OpenLayerAsync(store, layer, token), null, cancellationToken);
    }

    private static Task<Stream> OpenLayerAsync(BuilderStore store, Descriptor layer, CancellationToken cancellationToken)
    {
        if (!store.Content.Contains(layer.Digest))
        {
            using var writer = store.Content.CreateWriter();
            store.Layers.CopyTo(layer, writer, cancellationToken);
            writer.Commit(layer.Digest, layer.Size);
        }

        return Task.FromResult<Stream>(store.Content.OpenRead(layer.Digest));
    }
}
