using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Images;

/// <summary>Makes one layer of several in an image that exists: what one layer adds and a later one deletes is gone for good.</summary>
public sealed class ImageSquasher(BuilderStore store)
{
    /// <param name="keep">How many of the lowest layers stay as they are.</param>
    /// <returns>The new image's manifest, which has no name yet.</returns>
    /// <exception cref="BuilderException"><see cref="EngineErrors.NotSupported"/>: the image has no more layers than are to be kept.</exception>
    public async Task<Descriptor> SquashAsync(StoredImage image, int keep, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var layers = image.Manifest.Layers;
        if (keep < 0 || keep >= layers.Count)
        {
            throw new BuilderException(EngineErrors.NotSupported, $"the image has {layers.Count} layers: {keep} cannot be kept below the one to be made");
        }

        var top = await StoredImageTree.UnpackAsync(store, image, cancellationToken)
            ?? throw new BuilderException(EngineErrors.NotSupported, "the image has no layers");
        var layer = store.Layers.DescribeSquashed(top, Below(top, layers.Count - keep), LayerOptions.Default, cancellationToken);
        DiffId[] added = layer.IsEmpty ? [] : [layer.DiffId];
        Descriptor[] blobs = layer.IsEmpty ? [] : [layer.Descriptor()];
        var config = image.Config with
        {
            RootFs = image.Config.RootFs with { DiffIds = [.. image.Config.RootFs.DiffIds.Take(keep), .. added] },
            History = image.Config.History is { Count: > 0 } history ? [.. Rewrite(history, keep, layer, layers.Count, image.Config.Created)] : null,
        };
        var manifest = image.Manifest with
        {
            MediaType = MediaTypes.OciManifest,
            Config = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig),
            Layers = [.. layers.Take(keep).Select(MediaTypeFamilies.ToOci), .. blobs],
        };
        ImageLaws.Require(manifest, config);
        return store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest) with { Platform = config.Platform };
    }

    private Snapshot? Below(Snapshot top, int depth)
    {
        Snapshot? below = top;
        for (; depth > 0 && below is not null; depth--)
        {
            below = store.Snapshots.ParentOf(below);
        }

        return below;
    }

    private static IEnumerable<HistoryEntry> Rewrite(IReadOnlyList<HistoryEntry> history, int keep, LayerInfo layer, int count, DateTimeOffset? created)
    {
        foreach (var entry in history)
        {
            yield return entry.EmptyLayer || keep-- > 0 ? entry : entry with { EmptyLayer = true };
        }

        if (!layer.IsEmpty)
        {
            yield return new HistoryEntry { Created = created, Comment = $"squashed to one of {count} layers" };
        }
    }
}
