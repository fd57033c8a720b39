using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Builder.Oci;
using Builder.Testing.Http;

namespace Builder.Testing.Registries;

/// <summary>
/// A registry in memory (OCI distribution-spec 1.1: pull, push, mount) that can be told to misbehave. Everything lives in
/// the process; the requests that arrived can be looked at.
/// </summary>
public sealed partial class TestRegistry : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Repository, Digest Digest), byte[]> blobs = new();
    private readonly ConcurrentDictionary<(string Repository, string Reference), (string Type, byte[] Bytes)> manifests = new();
    private readonly List<Fault> faults = [];
    private readonly TestServer server;

    public TestRegistry(X509Certificate2? certificate = null) => server = new TestServer(Handle, certificate, request => Allowed(request) is not null);

    public string Authority => server.Authority;

    public IReadOnlyList<TestRequest> Requests => server.Requests;

    /// <summary>When set, every request needs a token from <c>/token</c> of this server.</summary>
    public TestTokens? Tokens { get; set; }

    /// <summary>When set, <c>user:password</c> that every request must carry.</summary>
    public string? BasicLogin { get; set; }

    public ImageReference Reference(string rest) => ImageReference.Parse($"{Authority}/{rest}");

    public Descriptor AddBlob(string repository, byte[] content, string mediaType = MediaTypes.OciLayer)
    {
        var descriptor = new Descriptor(mediaType, Digest.Of(content), content.Length);
        blobs[(repository, descriptor.Digest)] = content;
        return descriptor;
    }

    public Descriptor AddManifest(string repository, string? tag, byte[] content, string mediaType = MediaTypes.OciManifest)
    {
        var digest = Digest.Of(content);
        manifests[(repository, digest.ToString())] = (mediaType, content);
        if (tag is not null)
        {
            manifests[(repository, tag)] = (mediaType, content);
        }

        return new Descriptor(mediaType, digest, content.Length);
    }

    public void AddImage(string repository, string? tag, TestImage image)
    {
        AddBlob(repository, image.Config, MediaTypes.OciConfig);
        foreach (var layer in image.Layers)
        {
            AddBlob(repository, layer);
        }

        AddManifest(repository, tag, image.Manifest);
    }

    /// <summary>Adds the images and an index of them under a tag.</summary>
    public Descriptor AddIndex(string repository, string tag, params TestImage[] images)
    {
        foreach (var image in images)
        {
            AddImage(repository, null, image);
        }

        var index = OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = [.. images.Select(i => i.Descriptor)] });
        return AddManifest(repository, tag, index, MediaTypes.OciIndex);
    }

    /// <summary>Loses a blob, as a registry does whose cleaning and whose pushes know nothing of each other.</summary>
    public void Forget(string repository, Digest digest) => blobs.TryRemove((repository, digest), out _);

    public byte[]? Blob(string repository, Digest digest) => blobs.GetValueOrDefault((repository, digest));

    public byte[]? Manifest(string repository, string reference) => manifests.GetValueOrDefault((repository, reference)).Bytes;

    /// <summary>Spoils the next answers to a kind of request: gets the request and the right answer, returns the wrong one.</summary>
    public void Fail(Func<TestRequest, bool> when, Func<TestRequest, TestResponse, TestResponse> what, int times = 1)
    {
        lock (faults)
        {
            faults.Add(new Fault(when, what, times));
        }
    }

    /// <summary>Forgets the failures that nobody has met yet.</summary>
    public void Heal()
    {
        lock (faults)
        {
            faults.Clear();
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private TestResponse Handle(TestRequest request)
    {
        var response = Allowed(request) ?? Route(request);
        Fault? fault;
        lock (faults)
        {
            fault = faults.Find(f => f.AppliesTo(request));
        }

        return fault is null ? response : fault.Spoil(request, response);
    }

    /// <summary>Null when the request may pass.</summary>
    private TestResponse? Allowed(TestRequest request)
    {
        if (request.Path == "/token")
        {
            return null;
        }

        var challenge = Unauthorized();
        if (BasicLogin is not null)
        {
            var expected = "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(BasicLogin));
            return request["Authorization"] == expected ? null : challenge.With("WWW-Authenticate", "Basic realm=\"test\"");
        }

        if (Tokens is null)
        {
            return null;
        }

        var repository = RepositoryPattern().Match(request.Path).Groups[1].Value;
        var scope = $"repository:{repository}:{(request.Method is "GET" or "HEAD" ? "pull" : "pull,push")}";
        return Tokens.Allows(request["Authorization"], scope)
            ? null
            : challenge.With("WWW-Authenticate", $"Bearer realm=\"http://{Authority}/token\",service=\"test\",scope=\"{scope}\"");
    }

    private static TestResponse Unauthorized() => Error(401, "UNAUTHORIZED", "authentication required");

    private TestResponse Route(TestRequest request)
    {
        if (request.Path == "/token")
        {
            return Tokens?.Answer(request) ?? new TestResponse(404);
        }

        if (request.Path == "/v2/")
        {
            return TestResponse.Json(200, "{}");
        }

        if (UploadPattern().Match(request.Path) is { Success: true } upload)
        {
            return Upload(request, upload.Groups[1].Value, upload.Groups[2].Value);
        }

        if (ManifestPattern().Match(request.Path) is { Success: true } manifest)
        {
            return ManifestAnswer(request, manifest.Groups[1].Value, manifest.Groups[2].Value);
        }

        if (ReferrersPattern().Match(request.Path) is { Success: true } referrers)
        {
            return Referrers(request, referrers.Groups[1].Value, referrers.Groups[2].Value);
        }

        return BlobPattern().Match(request.Path) is { Success: true } blob
            ? BlobAnswer(request, blob.Groups[1].Value, blob.Groups[2].Value)
            : TestResponse.Text(404, "404 page not found");
    }

    private TestResponse ManifestAnswer(TestRequest request, string repository, string reference)
    {
        if (request.Method == "PUT")
        {
            return PutManifest(request, repository, reference);
        }

        if (request.Method == "DELETE")
        {
            return DeleteManifest(repository, reference);
        }

        if (!manifests.TryGetValue((repository, reference), out var manifest))
        {
            return manifests.Keys.Any(k => k.Repository == repository)
                ? Error(404, "MANIFEST_UNKNOWN", "manifest unknown")
                : Error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }

        // As the distribution project's registry does: a type that the client does not list does not exist for it.
        return request["Accept"]?.Contains(manifest.Type, StringComparison.Ordinal) == true
            ? new TestResponse(200) { Body = manifest.Bytes }
                .With("Content-Type", manifest.Type)
                .With("Docker-Content-Digest", Digest.Of(manifest.Bytes).ToString())
            : Error(404, "MANIFEST_UNKNOWN", "manifest found, but the client does not accept its type");
    }

    private TestResponse BlobAnswer(TestRequest request, string repository, string digest)
    {
        if (!Digest.TryParse(digest, out var parsed) || !blobs.TryGetValue((repository, parsed), out var content))
        {
            return Error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }

        return Ranged(request, content).With("Docker-Content-Digest", digest).With("Content-Type", "application/octet-stream");
    }

    /// <summary>Content as a server with byte ranges gives it, for storage hosts of tests too.</summary>
    public static TestResponse Ranged(TestRequest request, byte[] content)
    {
        if (request["Range"] is not { } range || !range.StartsWith("bytes=", StringComparison.Ordinal))
        {
            return new TestResponse(200) { Body = content };
        }

        var bounds = range["bytes=".Length..].Split('-');
        var from = int.Parse(bounds[0], System.Globalization.CultureInfo.InvariantCulture);
        var last = bounds[1].Length == 0 ? content.Length - 1 : Math.Min(content.Length - 1, int.Parse(bounds[1], System.Globalization.CultureInfo.InvariantCulture));
        return from >= content.Length
            ? new TestResponse(416).With("Content-Range", $"bytes */{content.Length}")
            : new TestResponse(206) { Body = content[from..(last + 1)] }.With("Content-Range", $"bytes {from}-{last}/{content.Length}");
    }

    public static TestResponse Error(int status, string code, string message) =>
        TestResponse.Json(status, $$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}""");

    [GeneratedRegex("^/v2/(.+)/(?:manifests|blobs|referrers)/")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex("^/v2/(.+)/manifests/([^/]+)$")]
    private static partial Regex ManifestPattern();

    [GeneratedRegex("^/v2/(.+)/referrers/([^/]+)$")]
    private static partial Regex ReferrersPattern();

    [GeneratedRegex("^/v2/(.+)/blobs/([^/]+)$")]
    private static partial Regex BlobPattern();

    [GeneratedRegex("^/v2/(.+)/blobs/uploads/([^/]*)$")]
    private static partial Regex UploadPattern();
}
