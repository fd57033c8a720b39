using System.Collections.Concurrent;
using System.Text.Json;
using Builder.Oci;
using Builder.Testing.Http;

namespace Builder.Testing.Registries;

public sealed partial class TestRegistry
{
    private readonly ConcurrentDictionary<string, byte[]> sessions = new(StringComparer.Ordinal);

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
        return Progress(202, repository, session, []);
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
        return new TestResponse(201).With("Location", $"/v2/{repository}/manifests/{digest}").With("Docker-Content-Digest", digest.ToString());
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

    private static TestResponse Progress(int status, string repository, string session, byte[] stored) =>
        new TestResponse(status)
            .With("Location", $"/v2/{repository}/blobs/uploads/{session}")
            .With("Range", $"0-{Math.Max(0, stored.Length - 1)}");
}
