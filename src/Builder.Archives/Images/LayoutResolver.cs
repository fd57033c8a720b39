using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>From <c>index.json</c> to images. Every piece is looked up, checked and published on the way.</summary>
internal sealed class LayoutResolver(ArchivePieces pieces, ImageCollection images)
{
    public void Resolve(byte[] layout, byte[] index)
    {
        var version = OciJson.ReadLayout(layout).ImageLayoutVersion;
        if (version != OciLayout.Current.ImageLayoutVersion)
        {
            throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the archive is an OCI layout of version '{version}', not {OciLayout.Current.ImageLayoutVersion}");
        }

        foreach (var entry in OciJson.ReadIndex(index).Manifests)
        {
            var configs = new List<Digest>();
            if (Missing(entry, configs, depth: 0) is { } missing)
            {
                throw new BuilderException(ArchiveErrors.MissingPiece, $"the archive lacks {missing}", "it was made incomplete; make or fetch it again");
            }

            if (pieces.Find(entry)?.Document is { } content)
            {
                var bare = entry with { Annotations = null };
                images.Add(bare, content, configs, LayoutIndex.Names(entry), entry.Annotation(AnnotationKeys.RefName));
            }
        }
    }

    /// <summary>Publishes what <paramref name="descriptor"/> leads to; returns a description of the first piece that is not there.</summary>
    private string? Missing(Descriptor descriptor, List<Digest> configs, int depth)
    {
        var type = MediaTypes.WithoutParameters(descriptor.MediaType);
        var isIndex = MediaTypes.IsIndex(type);
        if (!isIndex && !MediaTypes.IsManifest(type))
        {
            return MissingBlob(descriptor, "the blob");
        }

        if (isIndex && depth == ImageContents.MaxDepth)
        {
            throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the index {descriptor.Digest} is nested more than {ImageContents.MaxDepth} deep");
        }

        if (MissingBlob(descriptor, isIndex ? "the index" : "the manifest") is { } missing)
        {
            return missing;
        }

        var content = Document(descriptor);
        return isIndex ? MissingOfIndex(content, configs, depth) : MissingOfManifest(descriptor, content, configs);
    }

    /// <summary>Exports for one platform keep the whole index; one image in it must be there, the others may.</summary>
    private string? MissingOfIndex(byte[] content, List<Digest> configs, int depth)
    {
        string? first = null;
        var found = configs.Count;
        foreach (var child in OciJson.ReadIndex(content).Manifests)
        {
            var missing = Missing(child, configs, depth + 1);
            first ??= missing;
        }

        return configs.Count > found ? null : first;
    }

    private string? MissingOfManifest(Descriptor descriptor, byte[] content, List<Digest> configs)
    {
        var manifest = OciJson.ReadManifest(content);
        var missing = MissingBlob(manifest.Config, "the config");
        foreach (var layer in manifest.Layers)
        {
            missing ??= MissingBlob(layer, "the layer");
        }

        if (missing is null && MediaTypes.IsConfig(manifest.Config.MediaType))
        {
            ImageChecks.Require(manifest, OciJson.ReadConfig(Document(manifest.Config)), pieces);
            if (descriptor.Platform is not { IsUnknown: true })
            {
                configs.Add(manifest.Config.Digest);
            }
        }

        return missing;
    }

    private string? MissingBlob(Descriptor descriptor, string what)
    {
        if (pieces.Find(descriptor) is { } piece)
        {
            pieces.Publish(piece);
            return null;
        }

        // What has addresses of its own may be left out: layers that must not be distributed.
        return descriptor.Urls is { Count: > 0 } ? null : $"{what} {descriptor.Digest}";
    }

    private byte[] Document(Descriptor descriptor) =>
        pieces.Find(descriptor)?.Document
        ?? throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the blob {descriptor.Digest} should be a JSON document of type {descriptor.MediaType} and is not");
}
