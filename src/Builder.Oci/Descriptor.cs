namespace Builder.Oci;

/// <summary>
/// A pointer to a blob: what it is, its digest, its size in bytes (OCI image-spec, descriptor.md).
/// </summary>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    public IReadOnlyList<string>? Urls { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>For a manifest in an index: what it runs on.</summary>
    public Platform? Platform { get; init; }

    public string? ArtifactType { get; init; }

    public string? Annotation(string key) => Annotations is not null && Annotations.TryGetValue(key, out var value) ? value : null;

    /// <summary>This pointer with one more annotation.</summary>
    public Descriptor Annotate(string key, string value)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (k, v) in Annotations ?? new Dictionary<string, string>())
        {
            all[k] = v;
        }

        all[key] = value;
        return this with { Annotations = all };
    }
}

/// <summary>The annotation keys that Builder reads or writes (OCI image-spec, annotations.md).</summary>
public static class AnnotationKeys
{
    /// <summary>The bare tag of an image in a layout's index.</summary>
    public const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>The full reference; containerd's name for it, which <c>docker load</c> honours.</summary>
    public const string ContainerdImageName = "io.containerd.image.name";

    /// <summary>On an estargz layer: the digest of its table of contents.</summary>
    public const string EstargzToc = "containerd.io/snapshot/stargz/toc.digest";

    /// <summary>On an estargz layer: how long its tar is, in bytes.</summary>
    public const string EstargzUncompressedSize = "io.containers.estargz.uncompressed-size";

    public const string BaseName = "org.opencontainers.image.base.name";

    public const string BaseDigest = "org.opencontainers.image.base.digest";
}
