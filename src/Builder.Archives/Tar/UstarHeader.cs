namespace Builder.Archives.Tar;

/// <summary>Puts an entry into a header block; what does not fit there is cut or zero, and said by a PAX record before it.</summary>
internal static class UstarHeader
{
    /// <summary>Whether the name fits as a whole or split in two.</summary>
    public static bool FitsName(TarEntry entry) => FitsNameField(entry) || SplitAt(entry.Name.Span, NeedsSlash(entry)) > 0;

    public static bool FitsNameField(TarEntry entry) =>
        entry.Name.Length + (NeedsSlash(entry) ? 1 : 0) <= TarBlock.NameLength && System.Text.Ascii.IsValid(entry.Name.Span);

    public static bool FitsOwner(long id) => id <= TarBlock.MaxShortOctal;

    public static bool FitsSize(TarEntry entry) => entry.Size <= TarBlock.MaxLongOctal;

    public static bool FitsLinkName(TarEntry entry) =>
        entry.LinkName.Length <= TarBlock.NameLength && System.Text.Ascii.IsValid(entry.LinkName.Span);

    public static bool FitsModified(TarEntry entry) => entry.ModifiedSeconds is >= 0 and <= TarBlock.MaxLongOctal;

    /// <summary>Whether the format's <c>/</c> after a directory's name is still to be added.</summary>
    public static bool NeedsSlash(TarEntry entry) => entry.Kind == TarEntryKind.Directory && entry.Name.Span[^1] != '/';

    /// <param name="block">All zero.</param>
    /// <param name="split">Whether a name too long for its field may be put in two.</param>
    public static void Write(TarEntry entry, Span<byte> block, bool split)
    {
        WriteName(entry, block, split);
        TarBlock.WriteOctal(block[TarBlock.Mode], entry.Mode);
        TarBlock.WriteOctal(block[TarBlock.UserId], FitsOwner(entry.UserId) ? entry.UserId : 0);
        TarBlock.WriteOctal(block[TarBlock.GroupId], FitsOwner(entry.GroupId) ? entry.GroupId : 0);
        TarBlock.WriteOctal(block[TarBlock.ContentSize], FitsSize(entry) ? entry.Size : 0);
        TarBlock.WriteOctal(block[TarBlock.Modified], FitsModified(entry) ? entry.ModifiedSeconds : 0);
        block[TarBlock.Type] = TypeOf(entry.Kind);
        CopyAscii(entry.LinkName.Span, block[TarBlock.LinkName]);
        TarBlock.WriteOctal(block[TarBlock.DeviceMajor], entry.DeviceMajor);
        TarBlock.WriteOctal(block[TarBlock.DeviceMinor], entry.DeviceMinor);
        Seal(block);
    }

    /// <summary>Adds what tells a ustar block from any other: the magic and the checksum.</summary>
    public static void Seal(Span<byte> block)
    {
        TarBlock.UstarMagic.CopyTo(block[TarBlock.Magic]);
        var checksum = block[TarBlock.Checksum];
        TarBlock.WriteOctal(checksum[..^1], TarBlock.Sum(block));
        checksum[^1] = (byte)' ';
    }

    /// <summary>As much of <paramref name="text"/> as is ASCII and fits; returns the number of bytes.</summary>
    public static int CopyAscii(ReadOnlySpan<byte> text, Span<byte> field)
    {
        var length = 0;
        foreach (var b in text)
        {
            if (length == field.Length)
            {
                break;
            }

            if (b < 0x80)
            {
                field[length++] = b;
            }
        }

        return length;
    }

    private static void WriteName(TarEntry entry, Span<byte> block, bool maySplit)
    {
        var name = entry.Name.Span;
        var slash = NeedsSlash(entry);
        if (maySplit && !FitsNameField(entry) && SplitAt(name, slash) is > 0 and var split)
        {
            name[..split].CopyTo(block[TarBlock.Prefix]);
            name = name[(split + 1)..];
        }

        var field = block[TarBlock.Name];
        var written = CopyAscii(name, field);
        if (slash && written < field.Length)
        {
            field[written] = (byte)'/';
        }
    }

    /// <summary>The last <c>/</c> that leaves no more than the prefix field before it and the name field behind it; -1 if none does.</summary>
    private static int SplitAt(ReadOnlySpan<byte> name, bool slash)
    {
        if (!System.Text.Ascii.IsValid(name))
        {
            return -1;
        }

        var end = name.Length - (name[^1] == '/' ? 1 : 0);
        var split = name[..Math.Min(end, TarBlock.PrefixLength + 1)].LastIndexOf((byte)'/');
        var rest = name.Length - split - 1 + (slash ? 1 : 0);
        return split > 0 && rest <= TarBlock.NameLength ? split : -1;
    }

    private static byte TypeOf(TarEntryKind kind) => (byte)(kind switch
    {
        TarEntryKind.File => '0',
        TarEntryKind.HardLink => '1',
        TarEntryKind.SymbolicLink => '2',
        TarEntryKind.CharacterDevice => '3',
        TarEntryKind.BlockDevice => '4',
        TarEntryKind.Directory => '5',
        TarEntryKind.Fifo => '6',
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a kind of entry"),
    });
}
