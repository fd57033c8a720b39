using System.Buffers.Binary;
using System.Security.Cryptography;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>What a key knows of one file, short: enough to tell later that it changed, and what of it.</summary>
/// <param name="Path">Below the tree's root.</param>
/// <param name="Mode">As the copy gets it.</param>
/// <param name="Content">The beginning of the digest of its bytes or of a link's target; 0 for what has none.</param>
internal readonly record struct FileMark(byte[] Path, FileType Type, uint Mode, ulong Content)
{
    public static ulong OfLink(ReadOnlySpan<byte> target)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(target, digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest);
    }
}
