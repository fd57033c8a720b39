using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>How an OCI layout's <c>index.json</c> names what it holds (OCI image-spec, image-layout.md "index.json").</summary>
public static class LayoutIndex
{
    /// <summary>
    /// The entry called <paramref name="refName"/>: by its full name, its ref name, or its tag, in this order. Without a
    /// name, the only entry. Null when there is none, or more than one where no name was given.
    /// </summary>
    public static Descriptor? Find(ImageIndex index, string? refName)
    {
        ArgumentNullException.ThrowIfNull(index);
        if (refName is null)
        {
            // One image under several names is still one image.
            return index.Manifests.DistinctBy(entry => entry.Digest).Count() == 1 ? index.Manifests[0] : null;
        }

        var reference = ImageReference.TryParse(refName, out var parsed) ? parsed : null;
        return index.Manifests.FirstOrDefault(entry => reference is not null && Names(entry).Contains(reference))
            ?? index.Manifests.FirstOrDefault(entry => entry.Annotation(AnnotationKeys.RefName) == refName);
    }

    /// <summary>The image names of an entry: containerd's annotation, else a ref name that is more than a tag.</summary>
    public static IReadOnlyList<ImageReference> Names(Descriptor entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var refName = entry.Annotation(AnnotationKeys.RefName);
        var name = entry.Annotation(AnnotationKeys.ContainerdImageName)
            ?? (refName is not null && refName.AsSpan().IndexOfAny(':', '/') >= 0 ? refName : null);
        return name is not null && ImageReference.TryParse(name, out var reference) ? [reference] : [];
    }

    /// <summary>The entries that give <paramref name="image"/> its names: one a name, or one without any.</summary>
    internal static IEnumerable<Descriptor> Entries(ArchiveImage image)
    {
        if (image.Names.Count == 0)
        {
            yield return image.Manifest;
        }

        foreach (var name in image.Names)
        {
            var entry = image.Manifest.Annotate(AnnotationKeys.ContainerdImageName, name.ToString());
            yield return name.Tag is { } tag ? entry.Annotate(AnnotationKeys.RefName, tag) : entry;
        }
    }
}
