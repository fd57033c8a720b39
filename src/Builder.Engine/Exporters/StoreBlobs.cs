using Builder.Archives.Images;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Exporters;

/// <summary>Blobs as an archive wants them: from the store, or made by the snapshot that promised them.</summary>
internal sealed class StoreBlobs(BuilderStore store) : IBlobProvider
{
    public void CopyTo(Descriptor blob, Stream destination, CancellationToken cancellationToken) =>
        store.Layers.CopyTo(blob, destination, cancellationToken);
}
