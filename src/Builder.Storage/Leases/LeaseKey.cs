using System.Buffers.Binary;
using Builder.Oci;
using System.Security.Cryptography;
using System.Text;

namespace Builder.Storage.Leases;

/// <summary>An object of the store as something that can be held: where its byte is in the file of leases.</summary>
/// <remarks>Two objects that fall on one byte are held together, which keeps one of them for longer and harms nobody.</remarks>
internal readonly record struct LeaseKey(long Offset)
{
    /// <summary>Who rewrites <c>index.json</c>.</summary>
    internal static readonly LeaseKey LayoutIndex = Of("layout", "index");

    internal static LeaseKey OfBlob(Digest digest) => Of("blob", digest.Hex);

    internal static LeaseKey OfSnapshot(string id) => Of("snapshot", id);

    /// <summary>The records that say where a layer's bytes come from.</summary>
    internal static LeaseKey OfLayer(DiffId diffId) => Of("layer", diffId.Digest.Hex);

    internal static LeaseKey OfChain(ChainId chainId) => Of("chain", chainId.Digest.Hex);

    internal static LeaseKey OfStep(Digest key) => Of("step", key.Hex);

    /// <summary>The record that keeps an image, under a name or without one.</summary>
    internal static LeaseKey OfImage(Digest target) => Of("image", target.Hex);

    private static LeaseKey Of(string kind, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"{kind} {name}"), hash);

        // A lock's start and end must both fit off_t.
        return new LeaseKey(BinaryPrimitives.ReadInt64LittleEndian(hash) & (long.MaxValue >> 1));
    }
}
