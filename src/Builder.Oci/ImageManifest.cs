namespace Builder.Oci;

/// <summary>One image for one platform: its config and its layers, base first (OCI image-spec, manifest.md).</summary>
public sealed record ImageManifest
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    public required Descriptor Config { get; init; }

    /// <summary>Base first; empty, never null, whatever the document said.</summary>
    public IReadOnlyList<Descriptor> Layers { get; init => field = value ?? []; } = [];

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}

/// <summary>A list of manifests, mostly one a platform (OCI image-spec, image-index.md).</summary>
public sealed record ImageIndex
{
    public int SchemaVersion { get; init; } = 2;

    public string? MediaType { get; init; }

    public string? ArtifactType { get; init; }

    /// <summary>Empty, never null, whatever the document said.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; init => field = value ?? []; } = [];

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>
    /// The entry that runs best on <paramref name="platform"/>; the first among equals; null when none runs.
    /// Entries without a platform are taken only when there is nothing better.
    /// </summary>
    public Descriptor? Choose(Platform platform)
    {
        ArgumentNullException.ThrowIfNull(platform);
        Descriptor? best = null;
        var bestRank = int.MaxValue;
        foreach (var entry in Manifests)
        {
            if (!MediaTypes.IsManifest(entry.MediaType) && !MediaTypes.IsIndex(entry.MediaType))
            {
                continue;
            }

            var rank = entry.Platform is null ? int.MaxValue - 1 : entry.Platform.IsUnknown ? null : platform.Rank(entry.Platform);
            if (rank < bestRank)
            {
                (best, bestRank) = (entry, rank.Value);
            }
        }

        return best;
    }
}
