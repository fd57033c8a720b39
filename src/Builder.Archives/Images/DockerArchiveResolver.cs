using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>From docker's <c>manifest.json</c> to images: names for those that are known, OCI manifests for the others.</summary>
internal sealed class DockerArchiveResolver(ArchivePieces pieces, ImageCollection images)
{
    public void Resolve(byte[] manifest)
    {
        foreach (var entry in OciJson.ReadDockerArchive(manifest))
        {
            var config = Piece(entry.Config, "config");
            var names = Names(entry);
            if (!images.TryName(config.Digest, names))
            {
                AddImage(entry, config, names);
            }
        }
    }

    private void AddImage(DockerArchiveEntry entry, ArchivePiece config, IReadOnlyList<ImageReference> names)
    {
        var document = config.Document
            ?? throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the config '{entry.Config}' of the archive is no JSON document");
        var manifest = new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor(MediaTypes.OciConfig, config.Digest, config.Size),
            Layers = [.. entry.Layers.Select(Layer)],
        };
        ImageChecks.Require(manifest, OciJson.ReadConfig(document), pieces);
        pieces.Publish(config);
        var content = OciJson.Write(manifest);
        images.Add(pieces.Publish(MediaTypes.OciManifest, content), content, [config.Digest], names);
    }

    private Descriptor Layer(string name)
    {
        var piece = Piece(name, "layer");
        var mediaType = Sniffer.LayerMediaType(piece.Compression)
            ?? throw new BuilderException(
                ArchiveErrors.InvalidImageArchive,
                $"the layer '{name}' of the archive is compressed with {piece.Compression.ToString().ToLowerInvariant()}, which images cannot be",
                "decompress the layer, or compress it with gzip or zstd");
        pieces.Publish(piece);
        return new Descriptor(mediaType, piece.Digest, piece.Size);
    }

    private ArchivePiece Piece(string name, string what) =>
        pieces.Find(name)
        ?? throw new BuilderException(ArchiveErrors.MissingPiece, $"the archive lacks the {what} '{name}'", "it was made incomplete; make or fetch it again");

    private static List<ImageReference> Names(DockerArchiveEntry entry)
    {
        var names = new List<ImageReference>();
        foreach (var tag in entry.RepoTags ?? [])
        {
            if (ImageReference.TryParse(tag, out var reference))
            {
                names.Add(reference);
            }
            else if (tag != "<none>:<none>")
            {
                throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the archive calls an image '{tag}', which is no image name");
            }
        }

        return names;
    }
}
