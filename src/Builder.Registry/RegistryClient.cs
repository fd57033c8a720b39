using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Content.Blobs;
using Builder.Registry.Routing;
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
    private readonly Lazy<Router> router;

    public RegistryClient(RegistryOptions? options = null)
    {
        Options = options ?? new RegistryOptions();
        pipeline = new Lazy<Pipeline>(() => new Pipeline(Options));
        router = new Lazy<Router>(() => new Router(pipeline.Value.Client, Options));
    }

    public RegistryOptions Options { get; }

    /// <summary>
    /// What a reference names at this moment, a manifest or an index, without fetching it where the registry supports
    /// that: cheap, and not counted as a pull by those that count.
    /// </summary>
    public Task<Descriptor> FindAsync(ImageReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return AtFirstAsync(reference, place => ImageResolver.FindAsync(place, reference, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Finds the manifest for a platform, following an index (and indexes in it). A single manifest is taken as it is:
    /// which platform it is for, only its config says.
    /// </summary>
    /// <param name="platform">Null for this machine's.</param>
    public Task<ResolvedImage> ResolveAsync(ImageReference reference, Platform? platform = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return AtFirstAsync(reference, place => ImageResolver.ResolveAsync(place, reference, platform ?? Platform.Host, cancellationToken), cancellationToken);
    }

    /// <summary>Fetches a manifest, index or config of at most <see cref="OciJson.MaxDocumentSize"/> bytes into memory; digest and size are those of the descriptor.</summary>
    /// <param name="repository">Names domain and path; tag and digest play no part.</param>
    public Task<byte[]> FetchDocumentAsync(ImageReference repository, Descriptor document, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(document);
        var what = $"{repository.Repository}@{document.Digest}";
        return AtFirstAsync(ByDigest(repository, document.Digest), FetchAsync, cancellationToken);

        async Task<byte[]> FetchAsync(Connection place)
        {
            if (MediaTypes.IsManifest(document.MediaType) || MediaTypes.IsIndex(document.MediaType))
            {
                return (await ImageResolver.GetAsync(place, document, what, cancellationToken)).Bytes;
            }

            var (_, body) = await place.GetSmallAsync(place.Endpoint.Blob(document.Digest), what, cancellationToken);
            ImageResolver.Verify(document, body, what);
            return body;
        }
    }

    /// <summary>
    /// All tags of a repository, page by page, in the registry's order, each once. Of mirrors none is asked: they know what
    /// they were asked for before, not what there is.
    /// </summary>
    /// <param name="pageSize">How many tags a page is to have; registries may give fewer.</param>
    public async IAsyncEnumerable<string> ListTagsAsync(ImageReference repository, int pageSize = 1000, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var place = await ConnectAsync(repository, cancellationToken);
        await foreach (var tag in TagPages.ReadAsync(place, pageSize, cancellationToken))
        {
            yield return tag;
        }
    }

    /// <summary>
    /// Asks for the base of a registry's API with the login that there is: how to find out whether a registry is there and
    /// takes it.
    /// </summary>
    /// <param name="domain">Host and port as in references.</param>
    /// <returns>Whether the registry wanted to see a login at all; one that does not has not proved it right.</returns>
    /// <exception cref="RegistryException">There is no registry, or it does not take the login.</exception>
    public async Task<bool> LogInAsync(string domain, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var registry = await router.Value.BaseAsync(domain, cancellationToken);
        using var response = await registry.SendAsync(HttpMethod.Get, registry.Endpoint.Registry, cancellationToken);
        return response.IsSuccessStatusCode
            ? response.RequestMessage!.Headers.Authorization is not null
            : throw await registry.FailureAsync(response, domain, cancellationToken);
    }

    /// <summary>
    /// Opens a blob as a stream that goes on where it was when the connection breaks, and that delivers the last byte
    /// only when size and digest are right: a reader that got all of them has the blob.
    /// </summary>
    /// <param name="progress">Told the number of bytes delivered so far.</param>
    public Task<Stream> OpenBlobAsync(ImageReference repository, Descriptor blob, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(blob);
        return OpenAsync();

        async Task<Stream> OpenAsync()
        {
            var what = $"{repository.Repository}@{blob.Digest}";
            var stream = new BlobStream(new BlobRange(Places(repository, blob), Options, what, blob, 0, blob.Size), blob, progress);
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

    /// <summary>
    /// Brings a blob into a target that keeps what it has, also between two runs: only what is missing is fetched, a big
    /// blob in several ranges at once (<see cref="RegistryOptions.RangesFrom"/>). When this returns, the target holds the
    /// blob, its digest checked; when it throws, the target holds what has arrived.
    /// </summary>
    /// <param name="progress">Told how many bytes of the blob are there, those of earlier runs included.</param>
    public Task FetchBlobAsync(ImageReference repository, Descriptor blob, IBlobTarget target, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(target);
        return new BlobDownload(() => Places(repository, blob), Options, $"{repository.Repository}@{blob.Digest}", blob, target, progress).RunAsync(cancellationToken);
    }

    public void Dispose()
    {
        if (pipeline.IsValueCreated)
        {
            pipeline.Value.Dispose();
        }
    }

    /// <summary>The repository at its own registry, for what no mirror can do.</summary>
    internal Task<Connection> ConnectAsync(ImageReference reference, CancellationToken cancellationToken) => router.Value.OriginAsync(reference, cancellationToken);

    /// <summary>Asks one place after the other until one has what is wanted; the last one's failure is what the user hears.</summary>
    private async Task<T> AtFirstAsync<T>(ImageReference reference, Func<Connection, Task<T>> ask, CancellationToken cancellationToken)
    {
        var places = router.Value.Places(reference);
        for (var i = 0; ; i++)
        {
            try
            {
                return await ask(await router.Value.ConnectAsync(places[i], reference, cancellationToken));
            }
            catch (RegistryException e) when (i < places.Count - 1)
            {
                if (e.Code != RegistryErrors.NotFound)
                {
                    Options.OnWarning?.Invoke(new RegistryWarning(places[i].Domain, $"mirror skipped: {e.Message}"));
                }
            }
        }
    }

    private BlobPlaces Places(ImageReference repository, Descriptor blob) => new(pipeline.Value.Client, router.Value, repository, blob);

    private static ImageReference ByDigest(ImageReference repository, Digest digest) => repository with { Tag = null, Digest = digest };
}
