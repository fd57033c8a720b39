using Builder.Archives;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Storage.Layers;

/// <content>Blobs whose bits have flipped since they were written: found where they are read, and replaced.</content>
public sealed partial class LayerStore
{
    /// <summary>
    /// For a reader that others tell the digest, as registries do, instead of hashing itself: looks at the blob after a failure,
    /// and takes it out of the store if it is not what its name says.
    /// </summary>
    /// <returns>What to tell the user; null for a blob that is sound, or not here.</returns>
    public BuilderException? Examine(Digest blob) => IsDamaged(blob) ? Heal(blob) : null;

    private bool IsDamaged(Digest blob)
    {
        using var stored = content.TryOpenRead(blob);
        if (stored is null)
        {
            return false;
        }

        using var hashing = new HashingStream(Stream.Null);
        stored.CopyTo(hashing, CopyBufferSize);
        return hashing.Finish() != blob;
    }

    /// <summary>
    /// Takes a damaged blob out of the store, so that nobody reads it again and whoever needs it fetches it; makes it again
    /// at once when the snapshot that it was made of is here.
    /// </summary>
    /// <returns>What to tell whoever has read the damaged bytes.</returns>
    private BuilderException Heal(Digest blob)
    {
        var damage = $"blob {blob} of the store is damaged";
        if (!TryDiscard(blob))
        {
            return new BuilderException(StorageErrors.DamagedBlob, damage, "the store cannot be written: repair it where it can be, with 'builder check-store --repair'");
        }

        try
        {
            return FindPromise(new DiffId(blob)) is not null && Materialize(new DiffId(blob))
                ? new BuilderException(StorageErrors.DamagedBlob, damage + " and has been made again", "run the command once more")
                : new BuilderException(StorageErrors.DamagedBlob, damage + " and has been removed", "pull, load or build its image again");
        }
        catch (BuilderException e)
        {
            return new BuilderException(StorageErrors.DamagedBlob, damage + " and has been removed", "build its image again", inner: e);
        }
    }

    /// <summary>False where nothing can be written.</summary>
    private bool TryDiscard(Digest blob)
    {
        try
        {
            content.Discard(blob);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
