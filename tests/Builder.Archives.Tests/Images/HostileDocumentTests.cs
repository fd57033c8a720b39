using System.Text.Json.Nodes;
using Builder.Archives.Images;
using Builder.Archives.Tests.Tar;
using Builder.Diagnostics;
using Builder.Oci;
using CsCheck;

namespace Builder.Archives.Tests.Images;

/// <summary>Documents whose digests are right and whose values are not what anybody expects.</summary>
public sealed class HostileDocumentTests
{
    private static readonly string?[] Replacements = ["null", "[]", "[null]", "{}", "-1", "\"\"", "\"sha256:\"", "true", "1e400", null];

    private static readonly TinyImage Whole = TinyImage.Make();

    [Fact]
    public void No_value_in_any_document_breaks_the_reader()
    {
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 200], Gen.Int[0, Replacements.Length - 1]).Sample(
            (which, at, replacement) =>
            {
                var archive = Assemble((document, json) => document == which ? Replace(json, at, Replacements[replacement]) : json);
                try
                {
                    ImageArchiveReader.Read(new MemoryStream(archive), new MemoryBlobs());
                }
                catch (BuilderException)
                {
                }
            },
            iter: 800);
    }

    /// <summary>An archive whose documents (0 config, 1 manifest, 2 index, 3 docker's manifest) went through a change.</summary>
    private static byte[] Assemble(Func<int, byte[], byte[]> change)
    {
        var image = Whole;
        var blobs = new MemoryBlobs();
        foreach (var digest in image.Blobs.Digests)
        {
            blobs[digest] = image.Blobs[digest];
        }

        var manifest = OciJson.ReadManifest(blobs[image.Manifest.Digest]);
        var config = blobs.Add(MediaTypes.OciConfig, change(0, blobs[image.Config.Digest]));
        var changed = blobs.Add(MediaTypes.OciManifest, change(1, OciJson.Write(manifest with { Config = config })));
        var index = change(2, OciJson.Write(new ImageIndex { Manifests = [changed.Annotate(AnnotationKeys.RefName, "a:b")] }));
        var docker = change(3, OciJson.Write([new DockerArchiveEntry { Config = OciLayout.BlobPath(config.Digest), RepoTags = ["a:b"], Layers = ["top", "top"] }]));
        return Archive.Of(
        [
            .. blobs.Digests.Select(digest => (Archive.File(OciLayout.BlobPath(digest), blobs[digest]), blobs[digest])),
            (Archive.File("top", image.TopTar), image.TopTar),
            (Archive.File("oci-layout", OciJson.Write(OciLayout.Current)), OciJson.Write(OciLayout.Current)),
            (Archive.File("index.json", index), index),
            (Archive.File("manifest.json", docker), docker),
        ]);
    }

    /// <summary>Replaces, or removes, the value that comes at a place in document order.</summary>
    private static byte[] Replace(byte[] json, int at, string? replacement)
    {
        var root = JsonNode.Parse(json)!;
        var places = Places(root).ToArray();
        places[at % places.Length](replacement);
        return Archive.Bytes(root.ToJsonString().Replace("\"1e400\"", "1e400", StringComparison.Ordinal));
    }

    private static IEnumerable<Action<string?>> Places(JsonNode node)
    {
        if (node is JsonObject map)
        {
            foreach (var (key, value) in map.ToArray())
            {
                yield return replacement =>
                {
                    if (replacement is null)
                    {
                        map.Remove(key);
                    }
                    else
                    {
                        map[key] = Parse(replacement);
                    }
                };
                foreach (var place in value is null ? [] : Places(value))
                {
                    yield return place;
                }
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                var index = i;
                yield return replacement => list[index] = replacement is null ? null : Parse(replacement);
                foreach (var place in list[i] is { } value ? Places(value) : [])
                {
                    yield return place;
                }
            }
        }
    }

    private static JsonNode? Parse(string json) => json == "1e400" ? JsonValue.Create(json) : JsonNode.Parse(json);
}
