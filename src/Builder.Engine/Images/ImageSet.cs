using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>What a build made: one image, or one for each platform and the index of them.</summary>
/// <param name="Target">The image's manifest, or the index.</param>
internal sealed record ImageSet(IReadOnlyList<BuiltImage> Images, Descriptor Target)
{
    public bool IsIndex => MediaTypes.IsIndex(Target.MediaType);
}
