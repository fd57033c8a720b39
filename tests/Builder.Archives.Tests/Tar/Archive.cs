using System.Text;
using Builder.Archives.Tar;

namespace Builder.Archives.Tests.Tar;

/// <summary>Tar archives in memory, for tests.</summary>
internal static class Archive
{
    public static TarEntry File(string name, byte[] content) => new() { Name = Bytes(name), Kind = TarEntryKind.File, Mode = 0b110_100_100, Size = content.Length };

    public static TarEntry Directory(string name) => new() { Name = Bytes(name), Kind = TarEntryKind.Directory, Mode = 0b111_101_101 };

    public static TarEntry Link(string name, string target, TarEntryKind kind = TarEntryKind.SymbolicLink) =>
        new() { Name = Bytes(name), Kind = kind, Mode = 0x1FF, LinkName = Bytes(target) };

    public static byte[] Of(params IEnumerable<(TarEntry Entry, byte[] Content)> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream))
        {
            foreach (var (entry, content) in members)
            {
                writer.WriteEntry(entry);
                writer.Write(content);
            }

            writer.Finish();
            Assert.Equal(stream.Length, writer.Length);
        }

        return stream.ToArray();
    }

    public static List<(TarEntry Entry, byte[] Content)> Read(byte[] archive, TarLimits? limits = null)
    {
        using var reader = new TarReader(new MemoryStream(archive), limits);
        var members = new List<(TarEntry, byte[])>();
        while (reader.Next() is { } entry)
        {
            using var content = new MemoryStream();
            reader.Content.CopyTo(content);
            Assert.Equal(entry.Size, content.Length);
            members.Add((entry, content.ToArray()));
        }

        return members;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    /// <summary>An entry as one comparable line; every byte counts.</summary>
    public static string Line(TarEntry e) =>
        $"{e.Kind} {Hex(e.Name)} {e.Mode} {e.UserId}:{e.GroupId} {e.Size} {e.ModifiedSeconds}.{e.ModifiedNanoseconds} {Hex(e.LinkName)} {e.DeviceMajor},{e.DeviceMinor} " +
        string.Join(' ', e.Xattrs.Select(x => Hex(x.Name) + "=" + Hex(x.Value)));

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexString(bytes.Span);
}
