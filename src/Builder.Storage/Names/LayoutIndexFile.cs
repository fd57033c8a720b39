using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage.Content;
using Builder.Storage.Leases;
using Builder.Storage.Records;

namespace Builder.Storage.Names;

/// <summary>
/// The store's <c>index.json</c>, by which other tools read it in place. It lists the named images that are whole: an image
/// with a layer that is only promised is not in it until somebody has the layer written (spec/store.md, "index.json").
/// </summary>
internal sealed class LayoutIndexFile(string root, AtomicFile files, ContentStore content, StoreLeases leases)
{
    private string FilePath => Path.Combine(root, OciLayout.IndexFileName);

    internal void Create()
    {
        if (!File.Exists(FilePath))
        {
            Write([]);
        }
    }

    /// <summary>What the file lists, by the names that this store gave; null when it is missing or damaged.</summary>
    internal IReadOnlyList<Descriptor>? TryRead()
    {
        try
        {
            return AtomicFile.TryRead(FilePath, OciJson.MaxDocumentSize) is { } json ? OciJson.ReadIndex(json).Manifests : null;
        }
        catch (Diagnostics.BuilderException)
        {
            return null;
        }
    }

    /// <summary>Lists names as they are now. Writers take turns; readers see the file before or after.</summary>
    /// <param name="resolve">What a name stands for, read when it is this writer's turn.</param>
    /// <param name="all">Everything, to start afresh when the file cannot be read.</param>
    internal void Update(IReadOnlyCollection<ImageReference> names, Func<ImageReference, Descriptor?> resolve, Func<IEnumerable<ImageReference>> all)
    {
        using var turn = leases.OpenOwner();
        turn.Take(LeaseKey.LayoutIndex.Offset);
        if (TryRead() is not { } before)
        {
            (names, before) = ([.. all()], []);
        }

        var changed = names.Select(name => name.ToString()).ToHashSet(StringComparer.Ordinal);
        Descriptor[] after =
        [
            .. before.Where(entry => entry.Annotation(AnnotationKeys.ContainerdImageName) is not { } name || !changed.Contains(name)),
            .. names.Select(name => EntryOf(name, resolve(name))).OfType<Descriptor>(),
        ];
        if (!Same(before, after))
        {
            Write([.. after.OrderBy(entry => entry.Annotation(AnnotationKeys.ContainerdImageName), StringComparer.Ordinal)]);
        }
    }

    /// <summary>
    /// Takes a name off the list before it goes or changes: whoever is killed in between leaves a list that says too little,
    /// which is no lie.
    /// </summary>
    /// <param name="unless">What the name may go on to stand for.</param>
    internal void Drop(ImageReference name, Digest? unless)
    {
        var full = name.ToString();
        if (TryRead()?.FirstOrDefault(entry => entry.Annotation(AnnotationKeys.ContainerdImageName) == full) is { } listed && listed.Digest != unless)
        {
            Update([name], _ => null, () => []);
        }
    }

    /// <summary>The name that an entry was listed under.</summary>
    internal static ImageReference? NameOf(Descriptor entry) =>
        entry.Annotation(AnnotationKeys.ContainerdImageName) is { } text && ImageReference.TryParse(text, out var name) ? name : null;

    /// <summary>Lists these images and nothing else.</summary>
    internal void Rewrite(IEnumerable<NamedImage> images)
    {
        using var turn = leases.OpenOwner();
        turn.Take(LeaseKey.LayoutIndex.Offset);
        Write([.. images.Where(image => image.Reference is not null).Select(image => EntryOf(image.Reference!, image.Target)).OfType<Descriptor>()]);
    }

    /// <summary>The entry that a name should have; null when the image is not whole.</summary>
    internal Descriptor? EntryOf(ImageReference name, Descriptor? target)
    {
        try
        {
            return (target is null ? null : WholePart(target))?
                .Annotate(AnnotationKeys.ContainerdImageName, name.ToString())
                .Annotate(AnnotationKeys.RefName, name.Familiar);
        }
        catch (Diagnostics.BuilderException)
        {
            // A document of it is damaged: no reader shall meet it.
            return null;
        }
    }

    private static bool Same(IReadOnlyList<Descriptor> before, Descriptor[] after) =>
        OciJson.Write(new ImageIndex { Manifests = before }).AsSpan().SequenceEqual(OciJson.Write(new ImageIndex { Manifests = after }));

    /// <summary>The image itself; of an index that is not all here, the manifest for this machine if that one is.</summary>
    private Descriptor? WholePart(Descriptor target)
    {
        if (IsWhole(target))
        {
            return target;
        }

        return MediaTypes.IsIndex(target.MediaType) && content.Contains(target.Digest)
            && OciJson.ReadIndex(content.ReadDocument(target)).Choose(Platform.Host) is { } manifest && IsWhole(manifest)
            ? manifest
            : null;
    }

    private bool IsWhole(Descriptor target)
    {
        if (!content.Contains(target.Digest))
        {
            return false;
        }

        if (MediaTypes.IsIndex(target.MediaType))
        {
            return OciJson.ReadIndex(content.ReadDocument(target)).Manifests.All(IsWhole);
        }

        if (!MediaTypes.IsManifest(target.MediaType))
        {
            return true;
        }

        var manifest = OciJson.ReadManifest(content.ReadDocument(target));
        return content.Contains(manifest.Config.Digest) && manifest.Layers.All(layer => content.Contains(layer.Digest));
    }

    private void Write(IReadOnlyList<Descriptor> entries) =>
        files.Write(FilePath, OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries }));
}
