using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>The images found so far. Two documents may speak of the same image; it then has the names of both.</summary>
internal sealed class ImageCollection
{
    private readonly List<LoadedImage> images = [];
    private readonly Dictionary<Digest, int> byConfig = [];

    public IReadOnlyList<LoadedImage> All => images;

    /// <param name="configs">Of each image that <paramref name="manifest"/> is or lists.</param>
    public void Add(Descriptor manifest, byte[] content, IEnumerable<Digest> configs, IReadOnlyList<ImageReference> names, string? refName = null)
    {
        var known = images.FindIndex(image => image.Manifest.Digest == manifest.Digest);
        if (known >= 0)
        {
            AddNames(known, names);
            return;
        }

        foreach (var config in configs)
        {
            byConfig.TryAdd(config, images.Count);
        }

        images.Add(new LoadedImage(manifest, content, names, refName));
    }

    /// <summary>Gives names to the image with this config; false when there is none.</summary>
    public bool TryName(Digest config, IReadOnlyList<ImageReference> names)
    {
        if (!byConfig.TryGetValue(config, out var at))
        {
            return false;
        }

        AddNames(at, names);
        return true;
    }

    private void AddNames(int at, IReadOnlyList<ImageReference> names) =>
        images[at] = images[at] with { Names = [.. images[at].Names.Union(names)] };
}
