using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>The laws of images, and what can be said of layers without unpacking them.</summary>
internal static class ImageChecks
{
    public static void Require(ImageManifest manifest, ImageConfig config, ArchivePieces pieces)
    {
        ImageLaws.Require(manifest, config);
        foreach (var (layer, diffId) in manifest.Layers.Zip(config.RootFs.DiffIds))
        {
            // An uncompressed layer is its own diff ID.
            var isPlain = MediaTypes.IsLayer(layer.MediaType) && pieces.Find(layer) is { Compression: CompressionKind.None };
            if (isPlain && layer.Digest != diffId.Digest)
            {
                throw new BuilderException(ArchiveErrors.ContentMismatch, $"the layer {layer.Digest} is not the {diffId} that the config lists");
            }
        }
    }
}
