using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Garbage;
using Builder.Storage.Names;

namespace Builder.Storage.Checking;

/// <summary>Every image has its documents and its layers, and does not contradict itself; <c>index.json</c> lists those that are whole.</summary>
internal static class ImagesCheck
{
    internal static void Run(BuilderStore store, StoreInventory inventory, bool repair, List<StoreFinding> findings)
    {
        foreach (var image in inventory.Images.Select(image => image.Image))
        {
            foreach (var damage in Damages(store, image.Target, isListed: false))
            {
                findings.Add(new StoreFinding(FindingKind.Damage, $"image {image.Reference?.Familiar ?? image.Target.Digest.ToString()}", damage, "pull, load or build it again, or remove it with 'builder rmi'", false));
            }
        }

        CheckIndex(store, inventory, repair, findings);
    }

    /// <param name="isListed">By an index, of which a store need not have all that it lists.</param>
    private static string[] Damages(BuilderStore store, Descriptor target, bool isListed)
    {
        if (isListed && !store.Content.Contains(target.Digest))
        {
            return [];
        }

        try
        {
            return MediaTypes.IsIndex(target.MediaType)
                ? OciJson.ReadIndex(store.Content.ReadDocument(target)).Manifests.SelectMany(entry => Damages(store, entry, isListed: true)).ToArray()
                : MediaTypes.IsManifest(target.MediaType) ? OfManifest(store, OciJson.ReadManifest(store.Content.ReadDocument(target))) : [];
        }
        catch (BuilderException e)
        {
            return [e.Message];
        }
    }

    private static string[] OfManifest(BuilderStore store, ImageManifest manifest)
    {
        if (!MediaTypes.IsConfig(manifest.Config.MediaType))
        {
            return manifest.Layers.Where(layer => !store.Content.Contains(layer.Digest)).Select(layer => $"blob {layer.Digest} is missing").ToArray();
        }

        var config = OciJson.ReadConfig(store.Content.ReadDocument(manifest.Config));
        return
        [
            .. ImageLaws.Violations(manifest, config),
            .. manifest.Layers.Zip(config.RootFs.DiffIds)
                .Where(layer => !store.Content.Contains(layer.First.Digest) && !(layer.First.Digest == layer.Second.Digest && store.Layers.Contains(layer.Second)))
                .Select(layer => $"layer {layer.First.Digest} is missing"),
        ];
    }

    private static void CheckIndex(BuilderStore store, StoreInventory inventory, bool repair, List<StoreFinding> findings)
    {
        var names = inventory.Images.Where(image => image.Image.Reference is not null).Select(image => image.Image).ToArray();
        var damage = store.LayoutIndex.TryRead() is { } listed ? Difference(store, listed) : "it is missing or cannot be read";
        if (damage is null)
        {
            return;
        }

        if (repair)
        {
            store.LayoutIndex.Rewrite(names);
        }

        findings.Add(new StoreFinding(FindingKind.Damage, OciLayout.IndexFileName, damage, repair ? "written again" : "--repair writes it again", repair));
    }

    /// <summary>Compared with the names as they are now: others may be changing them.</summary>
    private static string? Difference(BuilderStore store, IReadOnlyList<Descriptor> listed)
    {
        // An image may have become whole by what was written for another one: that it is not listed yet is no lie.
        var wrong = listed.Where(entry => !IsSo(store, entry)).Select(KeyOf).ToArray();
        var now = (store.LayoutIndex.TryRead() ?? listed).Where(entry => !IsSo(store, entry)).Select(KeyOf);
        return now.Intersect(wrong).FirstOrDefault() is { } lie ? $"it lists {lie}, which is not so" : null;
    }

    private static bool IsSo(BuilderStore store, Descriptor entry) =>
        LayoutIndexFile.NameOf(entry) is { } name
        && store.LayoutIndex.EntryOf(name, store.Names.Resolve(name)) is { } wanted
        && wanted.Digest == entry.Digest;

    private static string KeyOf(Descriptor entry) => $"{entry.Annotation(AnnotationKeys.ContainerdImageName)} as {entry.Digest}";
}
