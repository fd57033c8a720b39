using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Images;

/// <summary>
/// Everything an image consists of, in the order in which a reader wants it: documents before what they list, layers base
/// first, nothing twice.
/// </summary>
internal sealed class ImageContents
{
    /// <summary>Deeper nesting of indexes is no use that anybody knows.</summary>
    public const int MaxDepth = 3;

    private readonly Func<Descriptor, byte[]> readDocument;
    private readonly HashSet<Digest> seen = [];
    private readonly List<Descriptor> blobs = [];
    private readonly Dictionary<Digest, byte[]> documents = [];

    /// <param name="readDocument">Fetches a manifest or index and checks it against its descriptor.</param>
    public ImageContents(Func<Descriptor, byte[]> readDocument) => this.readDocument = readDocument;

    public IReadOnlyList<Descriptor> Blobs => blobs;

    /// <summary>The bytes of a manifest or index that was read on the way.</summary>
    public byte[]? Document(Digest digest) => documents.GetValueOrDefault(digest);

    /// <summary>Adds an image with all it refers to; returns its manifests that describe something to run, in order.</summary>
    public IReadOnlyList<(Descriptor Descriptor, ImageManifest Manifest)> Add(Descriptor root)
    {
        var images = new List<(Descriptor, ImageManifest)>();
        Add(root, images, depth: 0);
        return images;
    }

    private void Add(Descriptor descriptor, List<(Descriptor, ImageManifest)> images, int depth)
    {
        var type = MediaTypes.WithoutParameters(descriptor.MediaType);
        if (MediaTypes.IsIndex(type))
        {
            if (depth == MaxDepth)
            {
                throw new BuilderException(ArchiveErrors.InvalidImageArchive, $"the index {descriptor.Digest} is nested more than {MaxDepth} deep");
            }

            foreach (var child in OciJson.ReadIndex(Document(descriptor)).Manifests)
            {
                Add(child, images, depth + 1);
            }
        }
        else if (MediaTypes.IsManifest(type))
        {
            var manifest = OciJson.ReadManifest(Document(descriptor));
            if (MediaTypes.IsConfig(manifest.Config.MediaType) && descriptor.Platform is not { IsUnknown: true })
            {
                images.Add((descriptor, manifest));
            }

            AddBlob(manifest.Config);
            foreach (var layer in manifest.Layers)
            {
                AddBlob(layer);
            }
        }
        else
        {
            AddBlob(descriptor);
        }
    }

    private byte[] Document(Descriptor descriptor)
    {
        AddBlob(descriptor);
        if (!documents.TryGetValue(descriptor.Digest, out var content))
        {
            documents[descriptor.Digest] = content = readDocument(descriptor);
        }

        return content;
    }

    private void AddBlob(Descriptor descriptor)
    {
        if (seen.Add(descriptor.Digest))
        {
            blobs.Add(descriptor);
        }
    }
}
