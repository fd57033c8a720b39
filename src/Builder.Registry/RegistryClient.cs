using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Transport;

namespace Builder.Registry;

/// <summary>
/// Reads images from registries (OCI distribution-spec 1.1, "Pull"; Docker registry v2). Safe for use by any number of
/// threads; how many blobs are fetched at once is the caller's choice. Every method throws
/// <see cref="RegistryException"/> for what the network, the server or the user got wrong.
/// </summary>
public sealed partial class RegistryClient : IDisposable
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>Built for the first request: a build that needs no registry pays nothing for being able to use one.</summary>
    private readonly Lazy<Pipeline> pipeline;

    public RegistryClient(RegistryOptions? options = null)
    {
        Options = options ?? new RegistryOptions();
        pipeline = new Lazy<Pipeline>(() => new Pipeline(Options));
    }

    public RegistryOptions Options { get; }

    /// <summary>
    /// What a reference names at this moment, a manifest or an index, without fetching it where the registry supports
    /// that: cheap, and not counted as a pull by those that count.
    /// </summary>
    public Task<Descriptor> FindAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return ImageResolver.FindAsync(Connect(reference), reference, cancellationToken);
    }

    /// <summary>
    /// Finds the manifest for a platform, following an index (and indexes in it). A single manifest is taken as it is:
    /// which platform it is for, only its config says.
    /// </summary>
    /// <param name="platform">Null for this machine's.</param>
    public Task<ResolvedImage> ResolveAsync(ImageReference reference, Platform? platform = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return ImageResolver.ResolveAsync(Connect(reference), reference, platform ?? Platform.Host, cancellationToken);
    }

    /// <summary>Fetches a manifest, index or config of at most <see cref="OciJson.MaxDocumentSize"/> bytes into memory; digest and size are those of the descriptor.</summary>
    /// <param name="repository">Names domain and path; tag and digest play no part.</param>
    public async Task<byte[]> FetchDocumentAsync(ImageReference repository, Descriptor document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(document);
        var connection = Connect(repository);
        var what = $"{repository.Repository}@{document.Digest}";
        if (MediaTypes.IsManifest(document.MediaType) || MediaTypes.IsIndex(document.MediaType))
        {
            return (await ImageResolver.GetAsync(connection, document, what, cancellationToken)).Bytes;
        }

        var (_, body) = await connection.GetSmallAsync(connection.Endpoint.Blob(document.Digest), what, cancellationToken);
        ImageResolver.Verify(document, body, what);
        return body;
    }

    /// <summary>
    /// Opens a blob as a stream that goes on where it was when the connection breaks, and that delivers the last byte
    /// only when size and digest are right: a reader that got all of them has the blob.
    /// </summary>
    /// <param name="progress">Told the number of bytes delivered so far.</param>
    public async Task<Stream> OpenBlobAsync(ImageReference repository, Descriptor blob, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(blob);
        var stream = new BlobStream(Connect(repository), blob, progress);
        try
        {
            await stream.OpenAsync(cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Copies a blob to <paramref name="destination"/>. What was written must not be used unless this returns: it may
    /// be half of the blob, or not the blob at all.
    /// </summary>
    public async Task FetchBlobAsync(ImageReference repository, Descriptor blob, Stream destination, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        await using var stream = await OpenBlobAsync(repository, blob, progress, cancellationToken);
        await stream.CopyToAsync(destination, CopyBuffer, cancellationToken);
    }

    public void Dispose()
    {
        if (pipeline.IsValueCreated)
        {
            pipeline.Value.Dispose();
        }
    }

    private Connection Connect(ImageReference reference) => new(pipeline.Value.Client, Options, reference);
}
