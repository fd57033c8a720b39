using System.Formats.Tar;
using Builder.Archives.Tar;

namespace Builder.Archives.Tests.Tar;

/// <summary>The framework's codec as a second opinion on what it can carry.</summary>
public sealed class SystemTarTests
{
    [Fact]
    public void The_framework_reads_what_is_written()
    {
        var archive = Archive.Of(
            (Archive.File("a", "content"u8.ToArray()) with { UserId = 3_000_000, ModifiedSeconds = 12, Xattrs = [new("user.x"u8.ToArray(), "y"u8.ToArray())] }, "content"u8.ToArray()),
            (Archive.Link(new string('l', 120), new string('t', 130)), []));

        using var reader = new System.Formats.Tar.TarReader(new MemoryStream(archive));
        var file = Assert.IsType<PaxTarEntry>(reader.GetNextEntry());
        Assert.Equal(("a", 3_000_000, "y"), (file.Name, file.Uid, file.ExtendedAttributes["SCHILY.xattr.user.x"]));
        Assert.Equal("content", new StreamReader(file.DataStream!).ReadToEnd());
        var link = reader.GetNextEntry()!;
        Assert.Equal((new string('l', 120), new string('t', 130)), (link.Name, link.LinkName));
        Assert.Null(reader.GetNextEntry());
    }

    [Theory]
    [InlineData(TarEntryFormat.V7)]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.Pax)]
    public void What_the_framework_writes_is_read(TarEntryFormat format)
    {
        using var stream = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(stream, format, leaveOpen: true))
        {
            System.Formats.Tar.TarEntry entry = format switch
            {
                TarEntryFormat.V7 => new V7TarEntry(System.Formats.Tar.TarEntryType.V7RegularFile, "folder/name"),
                TarEntryFormat.Ustar => new UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "folder/name"),
                TarEntryFormat.Gnu => new GnuTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "folder/name"),
                _ => new PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "folder/name"),
            };
            entry.ModificationTime = DateTimeOffset.FromUnixTimeSeconds(77);
            entry.DataStream = new MemoryStream("content"u8.ToArray());
            writer.WriteEntry(entry);
        }

        var (read, content) = Assert.Single(Archive.Read(stream.ToArray()));
        Assert.Equal(("folder/name", TarEntryKind.File, 77L), (Archive.Text(read.Name), read.Kind, read.ModifiedSeconds));
        Assert.Equal("content"u8.ToArray(), content);
    }
}
