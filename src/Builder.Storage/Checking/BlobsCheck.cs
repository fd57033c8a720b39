using Builder.Archives;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Garbage;

namespace Builder.Storage.Checking;

/// <summary>Every blob's bytes hash to its name.</summary>
internal static class BlobsCheck
{
    internal static void Run(BuilderStore store, StoreInventory inventory, bool repair, List<StoreFinding> findings, CancellationToken cancellationToken)
    {
        foreach (var digest in inventory.Blobs.Keys.Order())
        {
            if (Damage(store, digest, cancellationToken) is { } damage)
            {
                findings.Add(repair
                    ? new StoreFinding(FindingKind.Damage, $"blob {digest}", damage, Replace(store, inventory, digest, cancellationToken), true)
                    : new StoreFinding(FindingKind.Damage, $"blob {digest}", damage, "with --repair it is removed, to be made or fetched again", false));
            }
        }
    }

    private static string? Damage(BuilderStore store, Digest digest, CancellationToken cancellationToken)
    {
        try
        {
            using var blob = store.Content.TryOpenRead(digest);
            if (blob is null)
            {
                return null;
            }

            using var hashing = new HashingStream(Stream.Null);
            blob.CopyTo(hashing, 1 << 20);
            cancellationToken.ThrowIfCancellationRequested();
            var actual = hashing.Finish();
            return actual == digest ? null : $"its content hashes to {actual}";
        }
        catch (IOException e)
        {
            return $"it cannot be read: {e.Message}";
        }
    }

    private static string Replace(BuilderStore store, StoreInventory inventory, Digest digest, CancellationToken cancellationToken)
    {
        store.Content.Discard(digest);
        if (!inventory.Promises.Contains(new DiffId(digest)))
        {
            return "removed: pull, load or build its image again";
        }

        try
        {
            store.Layers.Materialize(new DiffId(digest), cancellationToken);
            return "written again from the snapshot that it was made of";
        }
        catch (BuilderException)
        {
            return "removed: build its image again";
        }
    }
}
