using Builder.Oci;

namespace Builder.Engine.Pushing;

/// <summary>A manifest or an index on its way. Its bytes are those of the store unless something in it had to change.</summary>
internal abstract class PushNode(Descriptor original)
{
    public Descriptor Original => original;

    public abstract Descriptor? Subject { get; }

    /// <summary>What it consists of, and what else has to be there before it.</summary>
    public abstract IEnumerable<PushPiece> Pieces { get; }

    public abstract IReadOnlyList<PushNode> Children { get; }

    /// <summary>The document and its type; null while a layer in it is not known yet.</summary>
    public abstract (string MediaType, byte[] Bytes)? Document { get; }

    /// <summary>As an index lists it.</summary>
    public Descriptor? Described => Document is var (type, bytes) ? original with { MediaType = type, Digest = Digest.Of(bytes), Size = bytes.Length } : null;

    /// <summary>All blobs below, each once.</summary>
    public IEnumerable<PushPiece> AllPieces => EveryPiece.DistinctBy(piece => piece.Key);

    /// <summary>All blobs below, as often as something lists them.</summary>
    public IEnumerable<PushPiece> EveryPiece => Pieces.Concat(Children.SelectMany(child => child.EveryPiece));
}

/// <summary>An image for one platform, or an artifact.</summary>
internal sealed class ImageNode(Descriptor original, byte[] stored, ImageManifest manifest, string mediaType, PushPiece config, IReadOnlyList<PushPiece> layers) : PushNode(original)
{
    private (string, byte[])? document;

    public override Descriptor? Subject => manifest.Subject;

    public override IEnumerable<PushPiece> Pieces => [.. layers, config];

    public override IReadOnlyList<PushNode> Children => [];

    public override (string MediaType, byte[] Bytes)? Document => document ??= Write();

    private (string, byte[])? Write()
    {
        var described = layers.Select(layer => layer.Described).ToArray();
        if (described.Any(layer => layer is null))
        {
            return null;
        }

        var isSame = mediaType == Original.MediaType
            && described.Zip(manifest.Layers).All(pair => pair.First!.Digest == pair.Second.Digest && pair.First.MediaType == pair.Second.MediaType);
        return (mediaType, isSame ? stored : OciJson.Write(manifest with
        {
            MediaType = mediaType,
            Config = config.Described!,
            Layers = described!,
            Annotations = mediaType == MediaTypes.DockerManifest ? null : manifest.Annotations,
        }));
    }
}

/// <summary>Several images under one name.</summary>
internal sealed class IndexNode(Descriptor original, byte[] stored, ImageIndex index, string mediaType, IReadOnlyList<PushNode> children) : PushNode(original)
{
    /// <summary>How BuildKit's attestations name the manifest that they are about.</summary>
    private const string ReferenceDigest = "vnd.docker.reference.digest";

    public override Descriptor? Subject => index.Subject;

    public override IEnumerable<PushPiece> Pieces => [];

    public override IReadOnlyList<PushNode> Children => children;

    public override (string MediaType, byte[] Bytes)? Document
    {
        get
        {
            var entries = children.Select(child => child.Described).ToArray();
            if (entries.Any(entry => entry is null))
            {
                return null;
            }

            if (mediaType == Original.MediaType && entries.Select(entry => entry!.Digest).SequenceEqual(index.Manifests.Select(entry => entry.Digest)))
            {
                return (mediaType, stored);
            }

            var renamed = children.Zip(entries).ToDictionary(pair => pair.First.Original.Digest.ToString(), pair => pair.Second!.Digest.ToString());
            return (mediaType, OciJson.Write(index with
            {
                MediaType = mediaType,
                Manifests = [.. entries.Select(entry => Redirect(entry!, renamed))],
                Annotations = mediaType == MediaTypes.DockerManifestList ? null : index.Annotations,
            }));
        }
    }

    private static Descriptor Redirect(Descriptor entry, Dictionary<string, string> renamed) =>
        entry.Annotation(ReferenceDigest) is { } about && renamed.TryGetValue(about, out var now) ? entry.Annotate(ReferenceDigest, now) : entry;
}
