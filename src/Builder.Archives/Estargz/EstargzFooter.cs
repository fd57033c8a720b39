using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Builder.Archives.Estargz;

/// <summary>
/// The last 51 bytes of an estargz blob: an empty gzip member whose extra field says where the member with the table of
/// contents begins (stargz-snapshotter, docs/estargz.md "Footer").
/// </summary>
public static class EstargzFooter
{
    public const int Length = 51;
    private const int FieldLength = 22;
    private const int FieldAt = 16;

    private static ReadOnlySpan<byte> Magic => "STARGZ"u8;

    /// <summary>gzip header with an extra field, and the field's name <c>SG</c>.</summary>
    private static ReadOnlySpan<byte> Start => [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, FieldLength + 4, 0, (byte)'S', (byte)'G', FieldLength, 0];

    /// <param name="tocOffset">In bytes of the blob.</param>
    public static byte[] Write(long tocOffset)
    {
        var footer = new byte[Length];
        Start.CopyTo(footer);
        Encoding.ASCII.GetBytes(tocOffset.ToString("x16", CultureInfo.InvariantCulture)).CopyTo(footer, FieldAt);
        Magic.CopyTo(footer.AsSpan(FieldAt + 16));

        // One stored block, final and empty; then the sum and the length of nothing.
        footer[FieldAt + FieldLength] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(footer.AsSpan(FieldAt + FieldLength + 3), 0xFFFF);
        return footer;
    }

    /// <summary>Where the table of contents begins; null when these are not the last bytes of an estargz blob.</summary>
    public static long? Read(ReadOnlySpan<byte> footer) =>
        footer.Length == Length && footer[..FieldAt].SequenceEqual(Start) && footer.Slice(FieldAt + 16, Magic.Length).SequenceEqual(Magic)
        && long.TryParse(footer.Slice(FieldAt, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset) && offset >= 0
            ? offset
            : null;
}
