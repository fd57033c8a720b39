using Builder.Oci;

namespace Builder.Graph;

/// <summary>
/// The digest of an operation, its platform and the keys of its inputs. With the inputs' digests as keys it names the
/// definition; with what is really in the inputs, the result.
/// </summary>
internal static class VertexKey
{
    public static Digest OfDefinition(Vertex vertex) => Describe(vertex, input => vertex.Inputs[input].Digest).Key;

    /// <summary>The key and what it is made of.</summary>
    /// <param name="inputKey">The key of the input with this number.</param>
    public static KeyExplanation Describe(Vertex vertex, Func<int, Digest> inputKey)
    {
        var writer = new KeyWriter(vertex.Operation.Kind);
        vertex.Operation.Describe(writer);
        writer.Add("platform", PlatformText(vertex.Platform));
        writer.Add("inputs", vertex.Inputs.Count);
        for (var i = 0; i < vertex.Inputs.Count; i++)
        {
            writer.Add($"input {i}", inputKey(i).ToString());
        }

        return writer.Finish();
    }

    /// <summary>The whole of a platform as one string.</summary>
    public static string? PlatformText(Platform? platform) =>
        platform is null ? null
        : platform + (platform.OsVersion is { } version ? $"({version})" : "")
            + string.Concat((platform.OsFeatures ?? []).Select(feature => "+" + feature));
}
