using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>
/// What must hold of every image, whoever made it: each document is what its descriptor says, and config, history and
/// layers agree in number. Layers' bytes are the caller's to hash, because only it can open them.
/// </summary>
public static class ImageLaws
{
    /// <summary>Whether <paramref name="content"/> is what <paramref name="descriptor"/> points at; null when it is.</summary>
    public static string? Violation(Descriptor descriptor, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        if (content.Length != descriptor.Size)
        {
            return $"{descriptor.Digest} has {content.Length} bytes, its descriptor says {descriptor.Size}";
        }

        var actual = Digest.Of(content);
        return actual == descriptor.Digest ? null : $"the content of {descriptor.Digest} hashes to {actual}";
    }

    /// <summary>Whether a manifest and its config can belong together; each violation is one sentence.</summary>
    public static IEnumerable<string> Violations(ImageManifest manifest, ImageConfig config)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(config);
        if (manifest.SchemaVersion != 2)
        {
            yield return $"schemaVersion is {manifest.SchemaVersion}, not 2";
        }

        if (config.RootFs.Type != "layers")
        {
            yield return $"rootfs.type is '{config.RootFs.Type}', not 'layers'";
        }

        if (manifest.Layers.Count != config.RootFs.DiffIds.Count)
        {
            yield return $"the manifest lists {manifest.Layers.Count} layers, the config {config.RootFs.DiffIds.Count} diff IDs";
        }

        if (config.History is { Count: > 0 } history)
        {
            var layers = history.Count(entry => !entry.EmptyLayer);
            if (layers != config.RootFs.DiffIds.Count)
            {
                yield return $"the history accounts for {layers} layers, the config lists {config.RootFs.DiffIds.Count}";
            }
        }

        foreach (var layer in manifest.Layers.Where(layer => layer.Size < 0))
        {
            yield return $"layer {layer.Digest} has a negative size";
        }
    }

    /// <summary>Throws <see cref="OciErrors.BrokenLaw"/> naming every violation.</summary>
    public static void Require(ImageManifest manifest, ImageConfig config)
    {
        var violations = Violations(manifest, config).ToArray();
        if (violations.Length > 0)
        {
            throw new BuilderException(OciErrors.BrokenLaw, "the image contradicts itself: " + string.Join("; ", violations));
        }
    }
}
