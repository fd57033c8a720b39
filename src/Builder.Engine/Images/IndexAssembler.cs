using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>Writes the index of images for several platforms, in the order in which they were asked for.</summary>
internal sealed class IndexAssembler(BuilderStore store)
{
    public Descriptor Assemble(IReadOnlyList<BuiltImage> images, IReadOnlyDictionary<string, string> annotations)
    {
        var index = new ImageIndex
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [.. images.Select(image => image.Manifest)],
            Annotations = annotations.Count == 0 ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal),
        };
        return store.Content.Put(OciJson.Write(index), MediaTypes.OciIndex);
    }
}
