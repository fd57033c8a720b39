namespace Builder.Archives.Tar;

/// <summary>
/// The 512-byte header block: where its fields are and how numbers stand in them (POSIX.1-2001 ustar, old GNU and v7).
/// </summary>
internal static class TarBlock
{
    public const int Size = 512;
    public const int NameLength = 100;
    public const int PrefixLength = 155;

    /// <summary>The largest value of an eight-byte octal field: seven digits and a NUL.</summary>
    public const long MaxShortOctal = 0x1F_FFFF;

    /// <summary>The largest value of a twelve-byte octal field: eleven digits and a NUL.</summary>
    public const long MaxLongOctal = 0x1_FFFF_FFFF;

    public const int ChecksumOffset = 148;

    public static readonly Range Name = 0..100;
    public static readonly Range Mode = 100..108;
    public static readonly Range UserId = 108..116;
    public static readonly Range GroupId = 116..124;
    public static readonly Range ContentSize = 124..136;
    public static readonly Range Modified = 136..148;
    public static readonly Range Checksum = 148..156;
    public static readonly Index Type = 156;
    public static readonly Range LinkName = 157..257;
    public static readonly Range Magic = 257..265;
    public static readonly Range DeviceMajor = 329..337;
    public static readonly Range DeviceMinor = 337..345;
    public static readonly Range Prefix = 345..500;

    /// <summary>In star's variant the prefix is shorter, and <c>tar</c> stands at the block's end.</summary>
    public static readonly Range StarPrefix = 345..476;
    public static readonly Range StarTrailer = 508..512;

    public static ReadOnlySpan<byte> UstarMagic => "ustar\000"u8;

    public static ReadOnlySpan<byte> GnuMagic => "ustar  \0"u8;

    public static long Padding(long size) => -size & (Size - 1);

    /// <summary>The sum of all bytes, those of the checksum field counted as spaces.</summary>
    public static int Sum(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        foreach (var b in block[..ChecksumOffset])
        {
            sum += b;
        }

        foreach (var b in block[Checksum.End..])
        {
            sum += b;
        }

        return sum;
    }

    /// <summary>The sum as some old programs on machines with signed characters wrote it.</summary>
    public static int SignedSum(ReadOnlySpan<byte> block)
    {
        var sum = 8 * ' ';
        foreach (var b in block[..ChecksumOffset])
        {
            sum += (sbyte)b;
        }

        foreach (var b in block[Checksum.End..])
        {
            sum += (sbyte)b;
        }

        return sum;
    }

    /// <summary>A text field up to its first NUL, if any.</summary>
    public static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>Octal digits between spaces and NULs, or GNU's base-256; an empty field is 0.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> field, out long value) =>
        (field[0] & 0x80) != 0 ? TryBase256(field, out value) : TryOctal(field, out value);

    public static void WriteOctal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        foreach (var digit in field.Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    private static bool TryBase256(ReadOnlySpan<byte> field, out long value)
    {
        // A two's complement number, most significant byte first, whose top bit is the mark and not part of it.
        var negative = (field[0] & 0x40) != 0;
        value = negative ? -1 : 0;
        for (var i = 0; i < field.Length; i++)
        {
            var b = i > 0 ? field[i] : negative ? field[0] | 0x80 : field[0] & 0x7F;
            if (value is > long.MaxValue >> 8 or < long.MinValue >> 8)
            {
                return false;
            }

            value = (value << 8) | (uint)b;
        }

        return true;
    }
}
