using Builder.Archives.Compression;

namespace Builder.Engine.Exporters;

/// <summary>In which form an image leaves: the same image in all of them, but for estargz and timestamps with other digests.</summary>
public sealed record ImageForm
{
    public static readonly ImageForm AsItIs = new();

    /// <summary>For layers that are not compressed yet; null leaves them as they are.</summary>
    public LayerCompression? Compression { get; init; }

    /// <summary>Compress those layers anew, too, that come compressed from the base image.</summary>
    public bool ForceCompression { get; init; }

    /// <summary>
    /// Whether new files get no time after SOURCE_DATE_EPOCH; null for yes when there is an epoch. Layers of the base stay.
    /// </summary>
    public bool? RewriteTimestamps { get; init; }

    /// <summary>OCI's media types, or Docker's.</summary>
    public bool OciMediaTypes { get; init; } = true;

    public bool ChangesNothing => Compression is null && OciMediaTypes;
}
