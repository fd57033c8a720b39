using System.Net;
using Builder.Oci;

namespace Builder.Registry.Content;

/// <summary>From a name to a manifest.</summary>
internal static class ImageResolver
{
    /// <summary>An index in an index in an index is somebody's idea of a joke.</summary>
    private const int MaxIndexes = 3;

    public static async Task<Descriptor> FindAsync(Connection connection, ImageReference reference, CancellationToken cancellationToken)
    {
        var uri = connection.Endpoint.Manifest(Wanted(reference));
        using (var head = await connection.SendAsync(HttpMethod.Head, uri, cancellationToken, ManifestDocument.Accept))
        {
            if (Described(head, reference.Digest) is { } descriptor)
            {
                return descriptor;
            }

            // A HEAD that fails says nothing about why, and some registries do not do HEAD at all: GET tells.
            if ((int)head.StatusCode is 429 or >= 500)
            {
                throw await connection.FailureAsync(head, reference.ToString(), cancellationToken);
            }
        }

        return (await GetAsync(connection, reference, cancellationToken)).Descriptor;
    }

    public static async Task<ResolvedImage> ResolveAsync(Connection connection, ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        var what = reference.ToString();
        var document = await GetAsync(connection, reference, cancellationToken);
        var root = document.Descriptor;
        var descriptor = root;
        for (var depth = 0; MediaTypes.IsIndex(document.MediaType); depth++)
        {
            if (depth == MaxIndexes)
            {
                throw new RegistryException(RegistryErrors.InvalidManifest, $"{what}: more than {MaxIndexes} indexes inside each other");
            }

            var index = document.AsIndex(what);
            var chosen = index.Choose(platform) ?? throw NoMatch(what, index, platform);
            document = await GetAsync(connection, chosen, what, cancellationToken);
            descriptor = chosen with { Platform = chosen.Platform ?? descriptor.Platform };
        }

        return new ResolvedImage(reference, descriptor, document.Bytes, document.AsManifest(what))
        {
            Index = MediaTypes.IsIndex(root.MediaType) ? root : null,
        };
    }

    /// <summary>A manifest or index that a descriptor points at.</summary>
    public static async Task<ManifestDocument> GetAsync(Connection connection, Descriptor descriptor, string what, CancellationToken cancellationToken)
    {
        var (type, body) = await connection.GetSmallAsync(connection.Endpoint.Manifest(descriptor.Digest.ToString()), what, cancellationToken, ManifestDocument.Accept);
        Verify(descriptor, body, what);
        return ManifestDocument.Judge(body, type, descriptor.MediaType, what);
    }

    public static void Verify(Descriptor descriptor, byte[] body, string what)
    {
        if (ImageLaws.Violation(descriptor, body) is { } violation)
        {
            throw new RegistryException(RegistryErrors.WrongContent, $"{what}: {violation}", "the registry, or a proxy before it, does not deliver what the image names");
        }
    }

    private static async Task<ManifestDocument> GetAsync(Connection connection, ImageReference reference, CancellationToken cancellationToken)
    {
        var what = reference.ToString();
        var (type, body) = await connection.GetSmallAsync(connection.Endpoint.Manifest(Wanted(reference)), what, cancellationToken, ManifestDocument.Accept);

        // The registry's own Docker-Content-Digest is no proof of anything; what was pinned is compared with the bytes.
        if (reference.Digest is { } pinned)
        {
            Verify(new Descriptor("", pinned, body.Length), body, what);
        }

        return ManifestDocument.Judge(body, type, null, what);
    }

    private static string Wanted(ImageReference reference) => reference.Digest?.ToString() ?? reference.Tag ?? "latest";

    /// <summary>What a HEAD says, when it says all of it.</summary>
    private static Descriptor? Described(HttpResponseMessage head, Digest? pinned)
    {
        var type = head.Content.Headers.ContentType?.MediaType ?? "";
        return head.StatusCode == HttpStatusCode.OK
            && (MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type))
            && head.Content.Headers.ContentLength is > 0 and <= OciJson.MaxDocumentSize and var size
            && head.Headers.NonValidated.TryGetValues("Docker-Content-Digest", out var values)
            && Digest.TryParse(values.ToString(), out var digest)
            && (pinned is null || pinned == digest)
                ? new Descriptor(type, digest, size)
                : null;
    }

    private static RegistryException NoMatch(string what, ImageIndex index, Platform platform)
    {
        var offers = index.Manifests.Select(m => m.Platform).OfType<Platform>().Where(p => !p.IsUnknown).Select(p => p.ToString()).Distinct().ToList();
        return new RegistryException(
            RegistryErrors.NoMatchingPlatform,
            $"no match for platform in manifest: {what} has no image for {platform}",
            offers.Count == 0 ? "it offers no image at all" : $"it offers {string.Join(", ", offers.Select(o => Transport.Printable.Text(o, 60)))}");
    }
}
