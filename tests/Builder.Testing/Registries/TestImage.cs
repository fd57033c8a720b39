using Builder.Oci;

namespace Builder.Testing.Registries;

/// <summary>A small image that keeps every law of the format: its blobs, its manifest, and how to find them.</summary>
public sealed record TestImage(Platform Platform, byte[] Config, IReadOnlyList<byte[]> Layers, byte[] Manifest)
{
    public Descriptor Descriptor => new(MediaTypes.OciManifest, Digest.Of(Manifest), Manifest.Length) { Platform = Platform };

    public Descriptor ConfigDescriptor => new(MediaTypes.OciConfig, Digest.Of(Config), Config.Length);

    public IReadOnlyList<Descriptor> LayerDescriptors => [.. Layers.Select(Describe)];

    /// <summary>An image whose layers are the given bytes: any will do where nobody unpacks them.</summary>
    public static TestImage Of(Platform platform, params byte[][] layers)
    {
        var config = OciJson.Write(new ImageConfig
        {
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            RootFs = new RootFs { DiffIds = [.. layers.Select(layer => new DiffId(Digest.Of(layer)))] },
        });
        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor(MediaTypes.OciConfig, Digest.Of(config), config.Length),
            Layers = [.. layers.Select(Describe)],
        });
        return new TestImage(platform, config, layers, manifest);
    }

    /// <summary>Bytes that look random and are the same in every run.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // Not for secrets: a test wants the same bytes every time.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    private static Descriptor Describe(byte[] layer) => new(MediaTypes.OciLayer, Digest.Of(layer), layer.Length);
}
