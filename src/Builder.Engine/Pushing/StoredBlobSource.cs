using Builder.Archives.Compression;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Pushing;

/// <summary>A blob as it is: from the store, or straight through from where it was seen.</summary>
/// <param name="elsewhere">Opens it outside the store; asked for only when the store does not have it.</param>
internal sealed class StoredBlobSource(BuilderStore store, Descriptor blob, Func<CancellationToken, Task<Stream>> elsewhere) : BlobSource
{
    public override Descriptor Descriptor => blob;

    /// <summary>The blob, or the uncompressed layer of this digest that a snapshot has promised.</summary>
    public static BlobSource Of(BuilderStore store, Descriptor blob, Func<CancellationToken, Task<Stream>> elsewhere) =>
        !store.Content.Contains(blob.Digest) && store.Layers.Contains(new DiffId(blob.Digest))
            ? new LayerSource(store, new DiffId(blob.Digest), LayerCompression.Uncompressed, blob)
            : new StoredBlobSource(store, blob, elsewhere);

    public override async Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken)
    {
        if (store.Content.TryOpenRead(blob.Digest) is { } stored)
        {
            stored.Position = offset;
            return stored;
        }

        return await Skipping.OpenAsync(await elsewhere(cancellationToken), offset, cancellationToken);
    }
}
