using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>
/// The <c>manifest.json</c> of <c>docker save</c>: one entry a manifest, whose paths are the OCI layout's, and whose tags
/// are names as people write them.
/// </summary>
internal sealed class DockerManifest(Platform? platform)
{
    private readonly OrderedDictionary<Digest, (ImageManifest Manifest, List<string> Tags)> images = [];

    public IReadOnlyList<DockerArchiveEntry> Entries =>
    [
        .. images.Values.Select(image => new DockerArchiveEntry
        {
            Config = OciLayout.BlobPath(image.Manifest.Config.Digest),
            RepoTags = image.Tags,
            Layers = [.. image.Manifest.Layers.Select(layer => OciLayout.BlobPath(layer.Digest))],
        }),
    ];

    /// <param name="manifests">Those that <paramref name="image"/> consists of; only one can have the names.</param>
    public void Add(ArchiveImage image, IReadOnlyList<(Descriptor Descriptor, ImageManifest Manifest)> manifests)
    {
        var named = manifests
            .OrderBy(m => platform is null ? 0 : m.Descriptor.Platform is { } offer ? platform.Rank(offer) ?? int.MaxValue : int.MaxValue)
            .Select(m => m.Descriptor.Digest)
            .FirstOrDefault();
        foreach (var (descriptor, manifest) in manifests)
        {
            if (!images.TryGetValue(descriptor.Digest, out var entry))
            {
                images.Add(descriptor.Digest, entry = (manifest, []));
            }

            if (descriptor.Digest == named)
            {
                // Docker's tags have no room for digests.
                entry.Tags.AddRange(image.Names.Where(name => name.Tag is not null).Select(name => (name with { Digest = null }).Familiar).Except(entry.Tags));
            }
        }
    }
}
