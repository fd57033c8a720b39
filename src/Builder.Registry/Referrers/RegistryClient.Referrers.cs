using System.Net;
using Builder.Oci;
using Builder.Registry.Content;
using Builder.Registry.Push;
using Builder.Registry.Transport;

namespace Builder.Registry;

/// <content>
/// What else a registry has about a manifest: signatures, attestations, anything whose <c>subject</c> it is (distribution-spec
/// 1.1, "Listing Referrers"). Registries without that list keep it under a tag, which clients have to write.
/// </content>
public sealed partial class RegistryClient
{
    private const int MaxReferrerPages = 100;
    private const int MaxTagAttempts = 5;

    /// <summary>One writer of a referrers tag at a time in this process; against others the tag is read again.</summary>
    private readonly SemaphoreSlim referrersGate = new(1, 1);

    /// <summary>Everything that refers to a manifest; of one kind only, when a type is given.</summary>
    /// <param name="subject">The repository and the digest.</param>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(ImageReference subject, string? artifactType = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var digest = subject.Digest ?? throw new ArgumentException("a subject is named by its digest", nameof(subject));
        var all = await ListByApiAsync(subject, digest, artifactType, cancellationToken) ?? (await ReadTagAsync(subject, digest, cancellationToken))?.Manifests ?? [];
        return [.. all.Where(entry => artifactType is null || entry.ArtifactType == artifactType).DistinctBy(entry => entry.Digest)];
    }

    /// <summary>Adds a manifest, stored before, to the list that stands in for the referrers API.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.ReferrersTag"/>.</exception>
    public async Task AddToReferrersTagAsync(ImageReference repository, Digest subject, Descriptor referrer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(referrer);
        await ChangeTagAsync(repository, subject, known => known.Any(entry => entry.Digest == referrer.Digest) ? null : [.. known, referrer with { Platform = null, Urls = null }], cancellationToken);
    }

    /// <summary>Takes a deleted manifest off that list; does nothing where the registry keeps the list itself.</summary>
    public async Task RemoveFromReferrersTagAsync(ImageReference repository, Digest subject, Digest referrer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        await ChangeTagAsync(repository, subject, known => known.All(entry => entry.Digest != referrer) ? null : [.. known.Where(entry => entry.Digest != referrer)], cancellationToken);
    }

    /// <summary>The tag under which referrers are listed where there is no API: <c>sha256-…</c>.</summary>
    public static string ReferrersTag(Digest subject) => $"{Digest.Algorithm}-{subject.Hex}";

    /// <summary>Null when the registry has no such list.</summary>
    private async Task<List<Descriptor>?> ListByApiAsync(ImageReference subject, Digest digest, string? artifactType, CancellationToken cancellationToken)
    {
        var connection = await ConnectToPushAsync(subject, cancellationToken);
        var what = $"listing what refers to {subject.Familiar}";
        var found = new List<Descriptor>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var query = artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}";
        for (var page = new Uri(connection.Endpoint.Registry, $"{connection.Endpoint.Repository}/referrers/{digest}{query}"); page is not null;)
        {
            if (!seen.Add(page.OriginalString) || seen.Count > MaxReferrerPages)
            {
                throw new RegistryException(RegistryErrors.NotARegistry, $"{what}: {page.Authority} gives page after page without an end") { Host = page.Authority };
            }

            using var response = await connection.SendAsync(HttpMethod.Get, page, cancellationToken, headers: h => h.TryAddWithoutValidation("Accept", MediaTypes.OciIndex));
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest && found.Count == 0)
            {
                return null;
            }

            if (!response.IsSuccessStatusCode)
            {
                throw await connection.FailureAsync(response, what, cancellationToken);
            }

            // A web server that answers everything with its start page has no referrers either.
            var body = await BoundedBody.ReadAsync(response, OciJson.MaxDocumentSize, Options, cancellationToken)
                ?? throw new RegistryException(RegistryErrors.InvalidManifest, $"{what}: the list is larger than the {OciJson.MaxDocumentSize} bytes allowed") { Host = page.Authority };
            if (ErrorBody.LooksLikeMarkup(body))
            {
                return null;
            }

            found.AddRange(OciJson.ReadIndex(body).Manifests);
            page = NextPage(response, page, connection.Endpoint.Origin);
        }

        return found;
    }

    /// <summary>The page that <c>Link: &lt;…&gt;; rel="next"</c> names; one elsewhere is not followed.</summary>
    private static Uri? NextPage(HttpResponseMessage response, Uri page, Origin origin)
    {
        if (!response.Headers.NonValidated.TryGetValues("Link", out var values))
        {
            return null;
        }

        var link = values.ToString();
        var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        return open >= 0 && close > open
            && link[close..].Replace("\"", "", StringComparison.Ordinal).Contains("rel=next", StringComparison.OrdinalIgnoreCase)
            && RawLocation.Resolve(page, link[(open + 1)..close]) is { } next
            && Origin.Of(next) == origin ? next : null;
    }

    private async Task<ImageIndex?> ReadTagAsync(ImageReference repository, Digest subject, CancellationToken cancellationToken)
    {
        var tag = repository with { Tag = ReferrersTag(subject), Digest = null };
        var connection = await ConnectToPushAsync(tag, cancellationToken);
        using var response = await connection.SendAsync(
            HttpMethod.Get, connection.Endpoint.Manifest(tag.Tag!), cancellationToken, headers: h => h.TryAddWithoutValidation("Accept", ManifestDocument.Accept));
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw await connection.FailureAsync(response, $"reading {tag.Familiar}", cancellationToken);
        }

        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        var body = await BoundedBody.ReadAsync(response, OciJson.MaxDocumentSize, Options, cancellationToken);
        return body is not null && MediaTypes.IsIndex(type)
            ? OciJson.ReadIndex(body)
            : throw new RegistryException(RegistryErrors.ReferrersTag, $"{tag.Familiar} should list what refers to {subject.Short}, and is something else", "another program uses this tag; remove it if it is not needed");
    }

    /// <summary>Registries ignore If-Match, so what was written is read again, and written again if somebody else was quicker.</summary>
    /// <param name="change">Null when the list is as it should be.</param>
    private async Task ChangeTagAsync(
        ImageReference repository, Digest subject, Func<IReadOnlyList<Descriptor>, IReadOnlyList<Descriptor>?> change, CancellationToken cancellationToken)
    {
        var tag = repository with { Tag = ReferrersTag(subject), Digest = null };
        await referrersGate.WaitAsync(cancellationToken);
        try
        {
            for (var attempt = 1; attempt <= MaxTagAttempts; attempt++)
            {
                var index = await ReadTagAsync(repository, subject, cancellationToken) ?? new ImageIndex { MediaType = MediaTypes.OciIndex };
                if (change(index.Manifests) is not { } entries)
                {
                    return;
                }

                await PutManifestAsync(tag, MediaTypes.OciIndex, OciJson.Write(index with { Manifests = entries }), cancellationToken);
            }
        }
        finally
        {
            referrersGate.Release();
        }

        var last = await ReadTagAsync(repository, subject, cancellationToken);
        if (change(last?.Manifests ?? []) is not null)
        {
            throw new RegistryException(RegistryErrors.ReferrersTag, $"{tag.Familiar} is changed by others all the time", "try again");
        }
    }
}
