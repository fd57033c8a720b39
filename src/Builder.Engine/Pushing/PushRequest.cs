using Builder.Archives.Compression;
using Builder.Oci;

namespace Builder.Engine.Pushing;

/// <summary>Which kind of documents a pushed image has.</summary>
public enum PushFormat
{
    /// <summary>As the image is.</summary>
    AsIs,

    Oci,

    /// <summary>Docker's schema 2, for registries that know nothing else.</summary>
    Docker,
}

/// <summary>An image of the store on its way to registries.</summary>
/// <param name="Target">Its manifest, or an index.</param>
/// <param name="Destinations">Repository and tag; several tags of one repository cost one manifest each.</param>
public sealed record PushRequest(Descriptor Target, IReadOnlyList<ImageReference> Destinations)
{
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>Whether layers that are compressed already, those of a base image, are compressed again to be alike.</summary>
    public bool ForceCompression { get; init; }

    public PushFormat Format { get; init; }

    /// <summary>Of an index, the one image to push; null pushes all.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Leaves tags alone: the image can then be had by its digest only.</summary>
    public bool ByDigest { get; init; }

    /// <summary>Opens a blob that neither the store has nor a registry is known to have; null when there is no such place.</summary>
    public Func<Descriptor, CancellationToken, Task<Stream>>? OpenBlob { get; init; }
}

/// <summary>What a push did.</summary>
/// <param name="Manifest">What was pushed: its digest is what others pull by. Not that of the store where layers were compressed.</param>
/// <param name="BytesSent">Of blobs, with what had to be sent again.</param>
/// <param name="WasCurrent">Every destination had it already: nothing was sent at all.</param>
public sealed record PushResult(Descriptor Manifest, long BytesSent, int Sent, int Mounted, int Existed, bool WasCurrent);
