using Builder.Oci;
using Builder.Registry.Push;

namespace Builder.Engine.Pushing;

/// <summary>A blob of an image on its way: its descriptor may become known only when it has been sent.</summary>
/// <param name="name">For people.</param>
/// <param name="key">The same for blobs that are the same, known or not.</param>
/// <param name="listed">How the manifest lists it; type, annotations and the rest stay.</param>
internal sealed class PushPiece(string name, string key, Descriptor listed, BlobSource source)
{
    private Descriptor? pushed;

    public string Name => name;

    public string Key => key;

    public BlobSource Source => source;

    /// <summary>How the pushed manifest will list it; null while nobody knows.</summary>
    public Descriptor? Described => (pushed ?? source.Descriptor) is { } blob ? listed with { Digest = blob.Digest, Size = blob.Size } : null;

    public void Became(Descriptor blob) => pushed = blob;
}
