using Builder.Diagnostics;

namespace Builder.Archives.Tar;

// From a header block and the extensions before it to an entry. What a PAX record says wins over GNU's long name, and
// both over the block.
public sealed partial class TarReader
{
    private TarEntry ReadEntry(ReadOnlySpan<byte> block, long offset, TarExtensions extensions)
    {
        var pax = extensions.Pax ?? PaxRecords.None;
        var name = pax.Text("path") ?? extensions.LongName ?? BlockName(block);
        var kind = KindOf(block[TarBlock.Type], name.Span, offset);
        var size = pax.Size(offset) ?? Number(block, TarBlock.ContentSize, offset, "size");
        if (size < 0)
        {
            throw Broken(offset, $"the negative size {size}");
        }

        // Some writers give links and directories the size of something else; none lets content follow.
        var stored = kind == TarEntryKind.File ? size : 0;
        var sparse = kind == TarEntryKind.File ? SparseMap.Find(block, pax, ref stored, input, limits, offset) : null;
        content = new TarContent(stored, sparse);

        var (seconds, nanoseconds) = pax.Modified(offset) ?? (Number(block, TarBlock.Modified, offset, "modification time"), 0);
        var isDevice = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice;
        var isLink = kind is TarEntryKind.HardLink or TarEntryKind.SymbolicLink;
        return new TarEntry
        {
            Name = Named(sparse?.Name ?? name, kind, offset),
            Kind = kind,
            Mode = (uint)Number(block, TarBlock.Mode, offset, "mode") & 0xFFF,
            UserId = Owner(pax.Number("uid", offset) ?? Number(block, TarBlock.UserId, offset, "uid"), offset),
            GroupId = Owner(pax.Number("gid", offset) ?? Number(block, TarBlock.GroupId, offset, "gid"), offset),
            Size = kind == TarEntryKind.File ? content.Length : 0,
            ModifiedSeconds = seconds,
            ModifiedNanoseconds = nanoseconds,
            LinkName = isLink ? Target(pax.Text("linkpath") ?? extensions.LongLink ?? TarBlock.Text(block[TarBlock.LinkName]).ToArray(), offset) : default,
            DeviceMajor = isDevice ? Device(block, TarBlock.DeviceMajor, offset) : 0,
            DeviceMinor = isDevice ? Device(block, TarBlock.DeviceMinor, offset) : 0,
            Xattrs = pax.Xattrs,
        };
    }

    private static ReadOnlyMemory<byte> BlockName(ReadOnlySpan<byte> block)
    {
        var name = TarBlock.Text(block[TarBlock.Name]);
        if (!block[TarBlock.Magic].SequenceEqual(TarBlock.UstarMagic))
        {
            return name.ToArray();
        }

        var isStar = block[TarBlock.StarTrailer].SequenceEqual("tar\0"u8);
        var prefix = TarBlock.Text(block[isStar ? TarBlock.StarPrefix : TarBlock.Prefix]);
        return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
    }

    private static TarEntryKind KindOf(byte type, ReadOnlySpan<byte> name, long offset) => (char)type switch
    {
        // Before there was a type for directories, a slash at the end made one.
        '\0' when name is [.., (byte)'/'] => TarEntryKind.Directory,
        '\0' or '0' or '7' or 'S' => TarEntryKind.File,
        '1' => TarEntryKind.HardLink,
        '2' => TarEntryKind.SymbolicLink,
        '3' => TarEntryKind.CharacterDevice,
        '4' => TarEntryKind.BlockDevice,
        '5' => TarEntryKind.Directory,
        '6' => TarEntryKind.Fifo,
        _ => throw Broken(offset, $"'{Printable.Text(name)}' is of the unknown type 0x{type:x2}"),
    };

    private static ReadOnlyMemory<byte> Named(ReadOnlyMemory<byte> name, TarEntryKind kind, long offset)
    {
        if (kind == TarEntryKind.Directory && name.Length > 1)
        {
            var trimmed = name.Span.TrimEnd((byte)'/').Length;
            name = name[..Math.Max(trimmed, 1)];
        }

        return name.IsEmpty ? throw Broken(offset, "an entry without a name") : name;
    }

    private static ReadOnlyMemory<byte> Target(ReadOnlyMemory<byte> linkName, long offset) =>
        linkName.IsEmpty ? throw Broken(offset, "a link to nothing") : linkName;

    private static long Owner(long id, long offset) => id < 0 ? throw Broken(offset, $"the negative owner {id}") : id;

    private static uint Device(ReadOnlySpan<byte> block, Range field, long offset)
    {
        var number = Number(block, field, offset, "device number");
        return number is >= 0 and <= TarBlock.MaxShortOctal ? (uint)number : throw Broken(offset, $"the device number {number}");
    }
}
