using Builder.Oci;

namespace Builder.Storage.Garbage;

/// <summary>
/// Marks from images and steps what has to stay, then removes the rest. Images hold their documents, the blobs and
/// snapshots of their layers, and the snapshots that promised layers nobody has written down; a snapshot holds those below
/// it and the blob that it was unpacked from.
/// </summary>
internal sealed class GarbageCollector(BuilderStore store)
{
    private readonly HashSet<Digest> blobs = [];
    private readonly HashSet<string> snapshots = [];

    internal GarbageReport Collect(bool keepSteps, CancellationToken cancellationToken)
    {
        foreach (var image in store.Names.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            MarkDocument(image.Target);
        }

        if (keepSteps)
        {
            foreach (var (_, record) in store.Steps.List())
            {
                MarkSnapshot(record.SnapshotId);
            }
        }

        return Sweep(cancellationToken);
    }

    private void MarkDocument(Descriptor document)
    {
        if (!blobs.Add(document.Digest) || !store.Content.Contains(document.Digest))
        {
            return;
        }

        if (MediaTypes.IsIndex(document.MediaType))
        {
            foreach (var entry in OciJson.ReadIndex(store.Content.ReadDocument(document)).Manifests)
            {
                MarkDocument(entry);
            }
        }
        else if (MediaTypes.IsManifest(document.MediaType))
        {
            MarkManifest(OciJson.ReadManifest(store.Content.ReadDocument(document)));
        }
    }

    private void MarkManifest(ImageManifest manifest)
    {
        blobs.Add(manifest.Config.Digest);
        blobs.UnionWith(manifest.Layers.Select(layer => layer.Digest));
        if (!MediaTypes.IsConfig(manifest.Config.MediaType) || !store.Content.Contains(manifest.Config.Digest))
        {
            return;
        }

        var diffIds = OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config)).RootFs.DiffIds;
        foreach (var diffId in diffIds)
        {
            MarkLayer(diffId);
        }

        foreach (var chainId in ChainId.Stack(diffIds))
        {
            MarkSnapshot(chainId.Digest.Hex);
        }
    }

    private void MarkLayer(DiffId diffId)
    {
        if (store.Layers.FindBlob(diffId) is { } blob)
        {
            blobs.Add(blob.Digest);
        }

        if (store.Layers.PromisedBy(diffId) is { } snapshot)
        {
            MarkSnapshot(snapshot);
        }
    }

    private void MarkSnapshot(string? id)
    {
        while (id is not null && snapshots.Add(id) && store.Snapshots.Find(id) is { } snapshot)
        {
            if (snapshot.DiffId is { } diffId)
            {
                MarkLayer(diffId);
            }

            id = snapshot.ParentId;
        }
    }

    private GarbageReport Sweep(CancellationToken cancellationToken)
    {
        var report = new GarbageReport(0, 0, 0);
        foreach (var key in store.Steps.Keys().ToArray())
        {
            if (store.Steps.Find(key) is not { } record || !snapshots.Contains(record.SnapshotId))
            {
                store.Steps.Remove(key);
            }
        }

        foreach (var id in store.Snapshots.List().Where(id => !snapshots.Contains(id)).ToArray())
        {
            cancellationToken.ThrowIfCancellationRequested();
            store.Snapshots.Remove(id);
            report = report with { Snapshots = report.Snapshots + 1 };
        }

        foreach (var digest in store.Content.List().Where(digest => !blobs.Contains(digest)).ToArray())
        {
            report = report with { Blobs = report.Blobs + 1, BlobBytes = report.BlobBytes + (store.Content.SizeOf(digest) ?? 0) };
            store.Content.Delete(digest);
        }

        store.Content.RemovePartials();
        store.Layers.ForgetWhatIsGone();
        return report;
    }
}
