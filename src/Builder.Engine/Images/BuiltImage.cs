using Builder.Oci;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Images;

/// <summary>A finished image: documents in the store, new layers promised by their snapshots.</summary>
/// <param name="Manifest">The manifest's descriptor.</param>
/// <param name="ConfigDigest">Docker's image id.</param>
/// <param name="Base">What it was built on; null for nothing.</param>
internal sealed record BuiltImage(Descriptor Manifest, Digest ConfigDigest, Platform Platform, BaseImage? Base, Snapshot? Root);
