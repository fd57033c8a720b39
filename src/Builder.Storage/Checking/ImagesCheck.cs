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
        var damage = store.LayoutIndex.TryRead() is { } listed ? Difference(store, names, listed) : "it is missing or cannot be read";
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

    private static string? Difference(BuilderStore store, NamedImage[] names, IReadOnlyList<Descriptor> listed)
    {
        var actual = listed.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var image in names)
        {
            if (store.LayoutIndex.EntryOf(image.Reference!, image.Target) is { } entry)
            {
                wanted.Add(KeyOf(entry));
            }
        }

        // An image may have become whole by what was written for another one: that it is not listed yet is no lie.
        return actual.Except(wanted).FirstOrDefault() is { } wrong ? $"it lists {wrong}, which is not so" : null;
    }

    private static string KeyOf(Descriptor entry) => $"{entry.Annotation(AnnotationKeys.ContainerdImageName)} as {entry.Digest}";
}
