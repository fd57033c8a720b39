using Builder.Oci;
using Builder.Registry.Push;

namespace Builder.Engine.Transports;

/// <summary>Where a copy comes from.</summary>
public interface IImageSource
{
    /// <summary>The repository, where the source is one: a target in the same registry need not be sent what it has.</summary>
    ImageReference? Repository { get; }

    /// <summary>What is to be copied: all that the name stands for, or of an index the image for one platform.</summary>
    Task<Descriptor> ResolveAsync(Platform? platform, CancellationToken cancellationToken);

    /// <summary>A manifest or index, verified.</summary>
    Task<byte[]> ReadAsync(Descriptor document, CancellationToken cancellationToken);

    BlobSource Blob(Descriptor blob);

    /// <summary>What refers to a manifest: signatures, attestations.</summary>
    Task<IReadOnlyList<Descriptor>> ReferrersAsync(Descriptor subject, CancellationToken cancellationToken);
}

/// <summary>Where a copy goes. What is there already is left alone.</summary>
public interface IImageTarget
{
    /// <summary>Whether a document is there, with all that it lists.</summary>
    Task<bool> HasAsync(Descriptor document, CancellationToken cancellationToken);

    /// <param name="mountFrom">A repository of the source that has the blob.</param>
    Task<PushedBlob> PutBlobAsync(BlobSource blob, ImageReference? mountFrom, Action<long>? progress, CancellationToken cancellationToken);

    /// <param name="isRoot">Whether it is the one that gets the name.</param>
    /// <returns>False when it was there under this name already.</returns>
    Task<bool> PutDocumentAsync(Descriptor document, byte[] content, bool isRoot, CancellationToken cancellationToken);

    /// <summary>Everything has arrived.</summary>
    Task CompleteAsync(Descriptor root, CancellationToken cancellationToken);
}
