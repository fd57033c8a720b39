using System.Text;
using Builder.Archives.Tar;

namespace Builder.Storage.Tests.Support;

/// <summary>A tar as one line an entry: kind, mode in octal, owner when it is not root, name, link, attributes.</summary>
public static class TarListing
{
    public static IReadOnlyList<string> Of(byte[] tar) => [.. Entries(tar).Select(Line)];

    public static IReadOnlyList<TarEntry> Entries(byte[] tar)
    {
        using var reader = new TarReader(new MemoryStream(tar));
        var entries = new List<TarEntry>();
        while (reader.Next() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string Line(TarEntry entry)
    {
        var kind = entry.Kind switch
        {
            TarEntryKind.File => 'f',
            TarEntryKind.Directory => 'd',
            TarEntryKind.SymbolicLink => 'l',
            TarEntryKind.HardLink => 'h',
            TarEntryKind.Fifo => 'p',
            TarEntryKind.CharacterDevice => 'c',
            _ => 'b',
        };
        var owner = entry.UserId == 0 && entry.GroupId == 0 ? "" : $" {entry.UserId}:{entry.GroupId}";
        var size = entry.Size > 1000 ? $" {entry.Size}" : "";
        var link = entry.LinkName.IsEmpty ? "" : " -> " + Encoding.Latin1.GetString(entry.LinkName.Span);
        var xattrs = string.Concat(entry.Xattrs.Select(x => $" {Encoding.Latin1.GetString(x.Name.Span)}"));
        return $"{kind} {Convert.ToString(entry.Mode, 8)}{owner}{size} {Encoding.Latin1.GetString(entry.Name.Span)}{link}{xattrs}";
    }
}
