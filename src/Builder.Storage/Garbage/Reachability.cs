using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Containers;

namespace Builder.Storage.Garbage;

/// <summary>
/// What some roots need. Images need their documents, the blobs and snapshots of their layers, and the snapshots that
/// promised layers nobody has written down; a snapshot needs those below it and the blob that it was unpacked from.
/// </summary>
/// <param name="forgiving">What a damaged document needs is unknown: good enough to measure, not to remove the rest.</param>
internal sealed class Reachability(StoreInventory inventory, bool forgiving = false)
{
    internal HashSet<Digest> Blobs { get; } = [];

    internal HashSet<string> Snapshots { get; } = new(StringComparer.Ordinal);

    internal void AddImage(Descriptor document)
    {
        if (!Blobs.Add(document.Digest) || !inventory.Blobs.ContainsKey(document.Digest))
        {
            return;
        }

        try
        {
            AddContent(document);
        }
        catch (BuilderException e) when (forgiving && e.Code != StorageErrors.Missing)
        {
            // It is named elsewhere; what is not counted with it is counted as unreferenced.
        }
    }

    private void AddContent(Descriptor document)
    {
        if (MediaTypes.IsIndex(document.MediaType))
        {
            foreach (var entry in OciJson.ReadIndex(inventory.Read(document)).Manifests)
            {
                AddImage(entry);
            }
        }
        else if (MediaTypes.IsManifest(document.MediaType))
        {
            AddManifest(OciJson.ReadManifest(inventory.Read(document)));
        }
    }

    internal void AddSnapshot(string? id)
    {
        while (id is not null && Snapshots.Add(id) && inventory.Snapshots.TryGetValue(id, out var found) && found is { } snapshot)
        {
            if (snapshot.DiffId is { } diffId)
            {
                AddLayer(diffId);
            }

            id = snapshot.ParentId;
        }
    }

    /// <summary>A container can be committed, so it keeps its image whole, whatever becomes of the image's names.</summary>
    internal void AddContainer(ContainerRecord container)
    {
        AddImage(container.Manifest);
        AddSnapshot(container.Snapshot);
    }

    private void AddManifest(ImageManifest manifest)
    {
        Blobs.Add(manifest.Config.Digest);
        Blobs.UnionWith(manifest.Layers.Select(layer => layer.Digest));
        if (!MediaTypes.IsConfig(manifest.Config.MediaType) || !inventory.Blobs.ContainsKey(manifest.Config.Digest))
        {
            return;
        }

        var diffIds = OciJson.ReadConfig(inventory.Read(manifest.Config)).RootFs.DiffIds;
        foreach (var diffId in diffIds)
        {
            AddLayer(diffId);
        }

        foreach (var chainId in ChainId.Stack(diffIds))
        {
            AddSnapshot(chainId.Digest.Hex);
            foreach (var built in inventory.ChainSnapshots[chainId])
            {
                AddSnapshot(built);
            }
        }
    }

    private void AddLayer(DiffId diffId)
    {
        Blobs.UnionWith(inventory.LayerBlobs[diffId]);
        Blobs.Add(diffId.Digest);
        foreach (var snapshot in inventory.Promises[diffId])
        {
            AddSnapshot(snapshot);
        }
    }
}
