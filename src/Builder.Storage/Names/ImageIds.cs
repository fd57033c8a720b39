using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Content;

namespace Builder.Storage.Names;

/// <summary>The ids by which people may call an image: those of its config, manifest and index.</summary>
internal sealed class ImageIds(ContentStore content)
{
    /// <summary>The images that a descriptor stands for, of an index those that are here, with their ids.</summary>
    internal IEnumerable<(Descriptor Target, Digest[] Ids)> Of(Descriptor target)
    {
        if (!MediaTypes.IsIndex(target.MediaType))
        {
            return [(target, ManifestIds(target))];
        }

        var manifests = Entries(target)
            .Where(entry => MediaTypes.IsManifest(entry.MediaType) && content.Contains(entry.Digest));
        return [(target, [target.Digest]), .. manifests.Select(entry => (entry, ManifestIds(entry)))];
    }

    private IReadOnlyList<Descriptor> Entries(Descriptor index)
    {
        try
        {
            return content.Contains(index.Digest) ? OciJson.ReadIndex(content.ReadDocument(index)).Manifests : [];
        }
        catch (BuilderException)
        {
            return [];
        }
    }

    private Digest[] ManifestIds(Descriptor manifest)
    {
        try
        {
            return MediaTypes.IsManifest(manifest.MediaType) && content.Contains(manifest.Digest)
                ? [manifest.Digest, OciJson.ReadManifest(content.ReadDocument(manifest)).Config.Digest]
                : [manifest.Digest];
        }
        catch (BuilderException)
        {
            // It is damaged, which does not make the others unknown.
            return [manifest.Digest];
        }
    }
}
