using Builder.Archives.Compression;

namespace Builder.Engine.Contexts;

/// <summary>Tells an archive from a Dockerfile, by the first bytes of what a context turned out to be.</summary>
internal static class ContextArchive
{
    /// <summary>How many bytes it takes: one block of a tar.</summary>
    public const int HeadSize = 512;

    private const int ChecksumOffset = 148;
    private const int ChecksumSize = 8;

    /// <summary>Whether these are the first bytes of a tar, or of anything compressed, in which only a tar makes sense.</summary>
    public static bool IsOne(ReadOnlySpan<byte> head) =>
        Sniffer.Detect(head) != CompressionKind.None || (head.Length >= HeadSize && IsTarHeader(head[..HeadSize]));

    /// <summary>The sum of a header's bytes, with blanks in its own place; a block of zeros is the end of an empty tar.</summary>
    private static bool IsTarHeader(ReadOnlySpan<byte> block)
    {
        if (!block.ContainsAnyExcept((byte)0))
        {
            return true;
        }

        long stored = 0;
        foreach (var digit in block.Slice(ChecksumOffset, ChecksumSize).Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return false;
            }

            stored = (stored * 8) + (digit - '0');
        }

        long sum = ChecksumSize * ' ';
        for (var i = 0; i < block.Length; i++)
        {
            sum += i is >= ChecksumOffset and < ChecksumOffset + ChecksumSize ? 0 : block[i];
        }

        return stored == sum;
    }
}
