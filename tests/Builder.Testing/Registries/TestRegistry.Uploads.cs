using System.Collections.Concurrent;
using System.Text.Json;
using Builder.Oci;
using Builder.Testing.Http;

namespace Builder.Testing.Registries;

public sealed partial class TestRegistry
{
    private readonly ConcurrentDictionary<string, byte[]> sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<int> interruptions = new();

    /// <summary>Whether an upload whose connection broke can go on; the distribution project's registry 2.8 forgets it.</summary>
    public bool ResumesUploads { get; set; } = true;

    /// <summary>The largest body that an upload may have; 413 beyond.</summary>
    public int? LargestBody { get; set; }

    /// <summary>What <c>OCI-Chunk-Min-Length</c> says.</summary>
    public int? SmallestPiece { get; set; }

    /// <summary>Where uploads are sent on; <c>{0}</c> is the path of this registry.</summary>
    public string UploadLocation { get; set; } = "{0}";

    /// <summary>The next body of an upload is kept up to so many bytes only, and then the connection is closed.</summary>
    public void InterruptUpload(int after) => interruptions.Enqueue(after);

    private TestResponse Upload(TestRequest request, string repository, string session)
    {
        if (session.Length == 0)
        {
            return request.Method == "POST" ? Begin(request, repository) : new TestResponse(405);
        }

        if (!sessions.TryGetValue(session, out var stored))
        {
            return Error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }

        if (request.Body.Length > LargestBody)
        {
            return TestResponse.Text(413, "request entity too large");
        }

        if (request.Body.Length > 0 && interruptions.TryDequeue(out var kept))
        {
            if (!ResumesUploads)
            {
                sessions.TryRemove(session, out _);
            }
            else if (StartsAtEnd(request["Content-Range"], stored.Length))
            {
                sessions[session] = [.. stored, .. request.Body.AsSpan(0, Math.Min(kept, request.Body.Length))];
            }

            return TestResponse.HangUp;
        }

        switch (request.Method)
        {
            case "GET":
                return Progress(204, repository, session, stored);
            case "DELETE":
                sessions.TryRemove(session, out _);
                return new TestResponse(204);
            case "PATCH":
                if (!StartsAtEnd(request["Content-Range"], stored.Length))
                {
                    return Progress(416, repository, session, stored);
                }

                sessions[session] = stored = [.. stored, .. request.Body];
                return Progress(202, repository, session, stored);
            case "PUT":
                sessions.TryRemove(session, out _);
                return Finish(request, repository, [.. stored, .. request.Body]);
            default:
                return new TestResponse(405);
        }
    }

    private TestResponse Begin(TestRequest request, string repository)
    {
        if (request.Query("mount") is [var mount] && request.Query("from") is [var from]
            && Digest.TryParse(mount, out var digest) && blobs.TryGetValue((from, digest), out var content))
        {
            blobs[(repository, digest)] = content;
            return new TestResponse(201).With("Location", $"/v2/{repository}/blobs/{digest}");
        }

        var session = Guid.NewGuid().ToString("N");
        sessions[session] = [];
        var opened = Progress(202, repository, session, []);
        return SmallestPiece is { } least ? opened.With("OCI-Chunk-Min-Length", least.ToString(System.Globalization.CultureInfo.InvariantCulture)) : opened;
    }

    private TestResponse Finish(TestRequest request, string repository, byte[] content)
    {
        if (request.Query("digest") is not [var claimed] || claimed != Digest.Of(content).ToString())
        {
            return Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }

        AddBlob(repository, content);
        return new TestResponse(201).With("Location", $"/v2/{repository}/blobs/{claimed}").With("Docker-Content-Digest", claimed);
    }

    /// <summary>Refuses manifests whose parts are not there, as registries do.</summary>
    private TestResponse PutManifest(TestRequest request, string repository, string reference)
    {
        using var document = JsonDocument.Parse(request.Body);
        foreach (var missing in Blobs(document.RootElement).Where(d => !blobs.ContainsKey((repository, d))))
        {
            return Error(400, "MANIFEST_BLOB_UNKNOWN", $"blob unknown to registry: {missing}");
        }

        var digest = Digest.Of(request.Body);
        if (reference.Contains(':', StringComparison.Ordinal) && reference != digest.ToString())
        {
            return Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }

        AddManifest(repository, reference.Contains(':', StringComparison.Ordinal) ? null : reference, request.Body, request["Content-Type"] ?? "");
        var response = new TestResponse(201).With("Location", $"/v2/{repository}/manifests/{digest}").With("Docker-Content-Digest", digest.ToString());
        return HasReferrers && document.RootElement.TryGetProperty("subject", out var subject)
            ? response.With("OCI-Subject", subject.GetProperty("digest").GetString()!)
            : response;
    }

    /// <summary>Whether the referrers API is there; without, clients keep the list under a tag.</summary>
    public bool HasReferrers { get; set; } = true;

    /// <summary>Whether a tag alone can be deleted.</summary>
    public bool DeletesTags { get; set; } = true;

    private TestResponse DeleteManifest(string repository, string reference)
    {
        var isDigest = reference.Contains(':', StringComparison.Ordinal);
        if (!isDigest && !DeletesTags)
        {
            return Error(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
        }

        if (!manifests.TryGetValue((repository, reference), out var manifest))
        {
            return Error(404, "MANIFEST_UNKNOWN", "manifest unknown");
        }

        foreach (var key in manifests.Keys.Where(k => k.Repository == repository && (k.Reference == reference || (isDigest && manifests[k].Bytes.AsSpan().SequenceEqual(manifest.Bytes)))).ToArray())
        {
            manifests.TryRemove(key, out _);
        }

        return new TestResponse(202);
    }

    private TestResponse Referrers(TestRequest request, string repository, string subject)
    {
        if (!HasReferrers)
        {
            return TestResponse.Text(404, "404 page not found");
        }

        var entries = manifests.Where(m => m.Key.Repository == repository && m.Key.Reference.StartsWith("sha256:", StringComparison.Ordinal) && m.Value.Type == MediaTypes.OciManifest)
            .Select(m => (m.Value.Bytes, Manifest: OciJson.ReadManifest(m.Value.Bytes)))
            .Where(m => m.Manifest.Subject?.Digest.ToString() == subject)
            .Select(m => new Descriptor(MediaTypes.OciManifest, Digest.Of(m.Bytes), m.Bytes.Length) { ArtifactType = m.Manifest.ArtifactType ?? m.Manifest.Config.MediaType })
            .Where(entry => request.Query("artifactType") is not [var type] || entry.ArtifactType == type)
            .OrderBy(entry => entry.Digest)
            .ToArray();
        return TestResponse.Text(200, System.Text.Encoding.UTF8.GetString(OciJson.Write(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = entries })), MediaTypes.OciIndex);
    }

    private static IEnumerable<Digest> Blobs(JsonElement manifest)
    {
        if (manifest.TryGetProperty("config", out var config))
        {
            yield return Digest.Parse(config.GetProperty("digest").GetString()!);
        }

        if (manifest.TryGetProperty("layers", out var layers))
        {
            foreach (var layer in layers.EnumerateArray())
            {
                yield return Digest.Parse(layer.GetProperty("digest").GetString()!);
            }
        }
    }

    private static bool StartsAtEnd(string? range, int length) =>
        range is null || range.StartsWith(length.ToString(System.Globalization.CultureInfo.InvariantCulture) + "-", StringComparison.Ordinal);

    private TestResponse Progress(int status, string repository, string session, byte[] stored) =>
        new TestResponse(status)
            .With("Location", string.Format(System.Globalization.CultureInfo.InvariantCulture, UploadLocation, $"/v2/{repository}/blobs/uploads/{session}"))
            .With("Range", $"0-{Math.Max(0, stored.Length - 1)}");
}
