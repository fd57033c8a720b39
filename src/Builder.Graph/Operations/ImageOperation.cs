using System.Text.Json.Serialization;
using Builder.Graph.Serialization;
using Builder.Oci;

namespace Builder.Graph.Operations;

/// <summary>The file system of an image, pinned: the reference only says where to get it.</summary>
/// <param name="ManifestDigest">The digest of the image manifest, never of an index.</param>
public sealed record ImageOperation(
    [property: JsonConverter(typeof(ImageReferenceConverter))] ImageReference Reference, Digest ManifestDigest, Platform Platform) : Operation
{
    /// <summary>The folder of the OCI layout that holds it; null: the store, else the registry of the reference.</summary>
    public string? LayoutPath { get; init; }

    public override string Kind => "image";

    public override bool IsSource => true;

    internal override bool Accepts(int inputs) => inputs == 0;

    internal override void Describe(KeyWriter key)
    {
        key.Add("manifest", ManifestDigest.ToString());
        key.Add("image platform", VertexKey.PlatformText(Platform));
    }
}
