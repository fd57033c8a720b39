namespace Builder.Archives.Tar;

/// <summary>What makes an entry writable.</summary>
internal static class TarEntryRules
{
    public static void Require(TarEntry entry)
    {
        var name = entry.Name.Span;
        Require(name.Length > 0 && !name.Contains((byte)0), entry, "its name is empty or has a NUL");
        Require(entry.Kind == TarEntryKind.Directory || name[^1] != '/', entry, "only a directory's name may end in '/'");
        var isLink = entry.Kind is TarEntryKind.HardLink or TarEntryKind.SymbolicLink;
        Require(isLink == entry.LinkName.Length > 0, entry, "links, and only they, have a link name");
        Require(!entry.LinkName.Span.Contains((byte)0), entry, "its link name has a NUL");
        Require((entry.Mode & ~0xFFFu) == 0, entry, "its mode has more than permission bits");
        Require(entry.UserId >= 0 && entry.GroupId >= 0, entry, "its owner is negative");
        Require(entry.Size == 0 || (entry.Size > 0 && entry.Kind == TarEntryKind.File), entry, "only a file has content");
        Require(entry.DeviceMajor <= TarBlock.MaxShortOctal && entry.DeviceMinor <= TarBlock.MaxShortOctal, entry, "its device number is out of range");
    }

    private static void Require(bool condition, TarEntry entry, string why)
    {
        if (!condition)
        {
            throw new ArgumentException($"the entry '{Printable.Text(entry.Name.Span)}' cannot be written: {why}");
        }
    }
}
