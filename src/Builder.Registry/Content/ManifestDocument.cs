using System.Net.Http.Headers;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Registry.Content;

/// <summary>A manifest or index as it came: its bytes, and the one type that both the answer and the document agree on.</summary>
internal sealed record ManifestDocument(string MediaType, byte[] Bytes)
{
    /// <summary>
    /// All that we can read, in one header: registries give 404 for an existing manifest whose type is not listed, and some
    /// read only the first <c>Accept</c> line.
    /// </summary>
    public const string Accept =
        MediaTypes.OciIndex + ", " + MediaTypes.OciManifest + ", " + MediaTypes.DockerManifestList + ", " + MediaTypes.DockerManifest;

    public Descriptor Descriptor => new(MediaType, Digest.Of(Bytes), Bytes.Length);

    /// <summary>
    /// Judges a document by what its carrier says it is. Two readers that trust different words of the two would see
    /// different images under one digest (CVE-2021-41190), so all words must agree.
    /// </summary>
    /// <param name="expected">The type in the descriptor that led here, if any.</param>
    /// <param name="what">The image, as the user knows it.</param>
    public static ManifestDocument Judge(byte[] bytes, MediaTypeHeaderValue? contentType, string? expected, string what)
    {
        var carried = contentType?.MediaType?.ToLowerInvariant();
        if (ErrorBody.LooksLikeMarkup(bytes))
        {
            throw new RegistryException(
                RegistryErrors.NotARegistry,
                $"{what}: the answer is a web page, not a manifest",
                "is it a registry, or does a proxy or a login page stand in between?");
        }

        var said = Peek(bytes, what);
        if (said.SchemaVersion == 1 || carried?.StartsWith("application/vnd.docker.distribution.manifest.v1+", StringComparison.Ordinal) == true)
        {
            throw new RegistryException(
                RegistryErrors.InvalidManifest,
                $"{what}: the image is stored in Docker's format of 2015 (schema 1), which is not supported",
                "push the image again with a current tool");
        }

        var claims = new[] { expected, IsReadable(carried) ? carried : null, said.MediaType }.OfType<string>().Distinct().ToList();
        return claims switch
        {
            [var type] when IsReadable(type) => said.SchemaVersion == 2
                ? new ManifestDocument(type, bytes)
                : throw Invalid($"schemaVersion is {said.SchemaVersion}, not 2"),
            [] => throw Invalid($"neither the answer ('{carried}') nor the document says which kind of manifest it is"),
            [var type] => throw Invalid($"'{Transport.Printable.Text(type, 100)}' is not a kind of manifest that can be read"),
            _ => throw Invalid($"its type is contradictory: {string.Join(", ", claims.Select(c => Transport.Printable.Text(c, 100)))}"),
        };

        RegistryException Invalid(string why) => new(RegistryErrors.InvalidManifest, $"{what}: {why}");
    }

    public ImageManifest AsManifest(string what) => Read(what, () => OciJson.ReadManifest(Bytes));

    public ImageIndex AsIndex(string what) => Read(what, () => OciJson.ReadIndex(Bytes));

    private static bool IsReadable(string? type) => type is not null && (MediaTypes.IsIndex(type) || MediaTypes.IsManifest(type));

    private static TypedDocument Peek(byte[] bytes, string what)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, RegistryJson.Default.TypedDocument) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new RegistryException(RegistryErrors.NotARegistry, $"{what}: the answer is not a manifest", "is it a registry?", inner: e);
        }
    }

    private static T Read<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (BuilderException e)
        {
            throw new RegistryException(RegistryErrors.InvalidManifest, $"{what}: {e.Message}", e.Hint, inner: e);
        }
    }
}
