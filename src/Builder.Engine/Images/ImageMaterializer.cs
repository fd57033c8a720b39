using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <param name="Layers">How many layers were written; those that are blobs already are not counted.</param>
/// <param name="Bytes">How large they are.</param>
public sealed record MaterializedLayers(int Layers, long Bytes);

/// <summary>Makes promises good: writes an image's layers as blobs, so that other tools can read the store in place.</summary>
public sealed class ImageMaterializer(BuilderStore store)
{
    /// <summary>Writes all layers of an image, of an index those of every image that is here.</summary>
    /// <exception cref="BuilderException">A layer cannot be had.</exception>
    public MaterializedLayers Write(Descriptor target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        if (MediaTypes.IsIndex(target.MediaType))
        {
            return OciJson.ReadIndex(store.Content.ReadDocument(target)).Manifests
                .Where(entry => store.Content.Contains(entry.Digest))
                .Select(entry => Write(entry, cancellationToken))
                .Aggregate(new MaterializedLayers(0, 0), (sum, one) => new MaterializedLayers(sum.Layers + one.Layers, sum.Bytes + one.Bytes));
        }

        var written = new MaterializedLayers(0, 0);
        if (MediaTypes.IsManifest(target.MediaType))
        {
            foreach (var layer in OciJson.ReadManifest(store.Content.ReadDocument(target)).Layers)
            {
                if (!store.Content.Contains(layer.Digest) && store.Layers.Materialize(new DiffId(layer.Digest), cancellationToken))
                {
                    written = new MaterializedLayers(written.Layers + 1, written.Bytes + layer.Size);
                }
            }
        }

        return written;
    }
}
