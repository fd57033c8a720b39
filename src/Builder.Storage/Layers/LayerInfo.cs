using Builder.Oci;

namespace Builder.Storage.Layers;

/// <summary>What a snapshot is as a layer, without the layer's bytes having to exist.</summary>
/// <param name="DiffId">The digest of the uncompressed tar.</param>
/// <param name="Size">The uncompressed tar's length in bytes.</param>
/// <param name="EntryCount">How many entries the tar has.</param>
public sealed record LayerInfo(DiffId DiffId, long Size, int EntryCount)
{
    /// <summary>What the layer format cannot carry and was left out, such as sockets; for verbose output.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The step changed nothing that a layer could record.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEmpty => EntryCount == 0;

    /// <summary>The uncompressed layer as a manifest lists it.</summary>
    public Descriptor Descriptor() => new(MediaTypes.OciLayer, DiffId.Digest, Size);
}

/// <summary>What the bytes of a layer depend on besides the snapshot.</summary>
public sealed record LayerOptions
{
    public static readonly LayerOptions Default = new();

    /// <summary>No file of the layer is younger than this moment, in seconds since 1970 (SOURCE_DATE_EPOCH).</summary>
    public long? SourceDateEpoch { get; init; }
}
