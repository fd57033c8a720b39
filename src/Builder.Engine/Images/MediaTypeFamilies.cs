using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>OCI and Docker call the same things by different names, and neither's documents may use the other's.</summary>
internal static class MediaTypeFamilies
{
    private static readonly (string Oci, string Docker)[] Pairs =
    [
        (MediaTypes.OciIndex, MediaTypes.DockerManifestList),
        (MediaTypes.OciManifest, MediaTypes.DockerManifest),
        (MediaTypes.OciConfig, MediaTypes.DockerConfig),
        (MediaTypes.OciLayer, MediaTypes.DockerLayer),
        (MediaTypes.OciLayerGzip, MediaTypes.DockerLayerGzip),
        (MediaTypes.OciLayerZstd, MediaTypes.DockerLayerZstd),
    ];

    public static string ToOci(string mediaType) =>
        Array.Find(Pairs, pair => pair.Docker == mediaType).Oci ?? mediaType;

    public static string ToDocker(string mediaType) =>
        Array.Find(Pairs, pair => pair.Oci == mediaType).Docker ?? mediaType;

    public static Descriptor ToOci(Descriptor descriptor) => descriptor with { MediaType = ToOci(descriptor.MediaType) };
}
