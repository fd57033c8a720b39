using System.Text;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Archives.Tests.Tar;

public sealed class TarWriterTests
{
    [Fact]
    public void An_ordinary_entry_takes_one_block()
    {
        var archive = Archive.Of((Archive.Directory("etc"), []), (Archive.File("etc/empty", []), []));
        Assert.Equal(4 * 512, archive.Length);
        Assert.Equal("etc/\0", Encoding.ASCII.GetString(archive, 0, 5));
        Assert.Equal("0000755\00000000\00000000\000000000000\000000000000\0", Encoding.ASCII.GetString(archive, 100, 48));
        Assert.Equal("5", Encoding.ASCII.GetString(archive, 156, 1));
        Assert.Equal("ustar\000\0\0", Encoding.ASCII.GetString(archive, 257, 10));
    }

    [Fact]
    public void A_long_name_is_split_where_it_can_be()
    {
        var folder = new string('f', 120);
        var archive = Archive.Of((Archive.File(folder + "/name", []), []));
        Assert.Equal(3 * 512, archive.Length);
        Assert.Equal("name\0", Encoding.ASCII.GetString(archive, 0, 5));
        Assert.Equal(folder + "\0", Encoding.ASCII.GetString(archive, 345, 121));
    }

    [Fact]
    public void What_ustar_cannot_say_is_in_sorted_pax_records()
    {
        var entry = Archive.File("a/éb", []) with
        {
            UserId = 3_000_000,
            GroupId = 4_000_000,
            ModifiedSeconds = -5,
            Xattrs = [new("user.b"u8.ToArray(), "2"u8.ToArray()), new("security.capability"u8.ToArray(), "1"u8.ToArray())],
        };
        var archive = Archive.Of((entry, []));
        Assert.Equal("a/PaxHeaders.0/b\0", Encoding.ASCII.GetString(archive, 0, 17));
        Assert.Equal('x', (char)archive[156]);
        Assert.Equal(
            "38 SCHILY.xattr.security.capability=1\n25 SCHILY.xattr.user.b=2\n15 gid=4000000\n12 mtime=-5\n14 path=a/éb\n15 uid=3000000\n",
            Encoding.UTF8.GetString(archive.AsSpan(512..).Slice(0, 512)).TrimEnd('\0'));
        Assert.Equal("a/b\0", Encoding.ASCII.GetString(archive, 1024, 4));
    }

    [Fact]
    public void A_name_that_is_no_text_is_kept_byte_by_byte()
    {
        byte[] name = [(byte)'x', 0xE9, 0xFF];
        var (read, _) = Assert.Single(Archive.Read(Archive.Of((Archive.File("x", []) with { Name = name }, []))));
        Assert.Equal(name, read.Name.ToArray());
    }

    [Theory]
    [InlineData(0x1_FFFF_FFFF, 512)]
    [InlineData(0x2_0000_0000, 3 * 512)]
    public void Eight_gibibytes_and_more_need_a_pax_size(long size, long headerLength)
    {
        using var stream = new MemoryStream();
        using var writer = new TarWriter(stream);
        writer.WriteEntry(Archive.File("huge", []) with { Size = size });
        Assert.Equal(headerLength, writer.Length);
        writer.Write(new byte[100_000]);

        stream.Position = 0;
        using var reader = new TarReader(stream);
        Assert.Equal(size, reader.Next()!.Size);
        Assert.Equal(ArchiveErrors.TruncatedTar, Assert.Throws<BuilderException>(() => reader.Next()).Code);
    }

    [Fact]
    public void Content_must_have_the_size_that_was_said()
    {
        using var writer = new TarWriter(new MemoryStream());
        writer.WriteEntry(Archive.File("a", new byte[3]));
        Assert.Throws<InvalidOperationException>(() => writer.Write(new byte[4]));
        writer.Write(new byte[2]);
        Assert.Throws<InvalidOperationException>(() => writer.WriteEntry(Archive.File("b", [])));
        Assert.Throws<InvalidOperationException>(writer.Finish);
    }

    public static TheoryData<string, TarEntry> Nonsense => new()
    {
        { "no name", Archive.File("", []) },
        { "NUL", Archive.File("a\0b", []) },
        { "file with slash", Archive.File("a/", []) },
        { "owner", Archive.File("a", []) with { UserId = -1 } },
        { "mode", Archive.File("a", []) with { Mode = 0x81A4 } },
        { "directory with content", Archive.Directory("a") with { Size = 1 } },
        { "link to nothing", Archive.Link("a", "") },
        { "file with link", Archive.File("a", []) with { LinkName = new byte[] { 1 } } },
        { "device", Archive.File("a", []) with { DeviceMajor = uint.MaxValue } },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public void Nonsense_is_a_programming_error(string what, TarEntry entry)
    {
        Assert.NotEmpty(what);
        using var writer = new TarWriter(new MemoryStream());
        Assert.Throws<ArgumentException>(() => writer.WriteEntry(entry));
    }

    [Fact]
    public void An_attribute_whose_name_has_an_equals_sign_is_reported_to_the_user()
    {
        using var writer = new TarWriter(new MemoryStream());
        var error = Assert.Throws<BuilderException>(() => writer.WriteEntry(Archive.File("a", []) with { Xattrs = [new("user.a=b"u8.ToArray(), default)] }));
        Assert.Equal(ArchiveErrors.Unrepresentable, error.Code);
        Assert.Equal("the extended attribute 'user.a=b' of 'a' cannot be stored in a tar archive", error.Message);
    }

    /// <summary>The digest was computed with Go's archive/tar.</summary>
    [Fact]
    public void The_bytes_of_an_archive_never_change_and_are_those_of_go()
    {
        var archive = Archive.Of(
            (Archive.Directory("usr"), []),
            (Archive.File("usr/file", "content"u8.ToArray()) with { UserId = 1000, GroupId = 1000, ModifiedSeconds = 1_700_000_000 }, "content"u8.ToArray()),
            (Archive.Link("usr/" + new string('l', 100), "file") with { Xattrs = [new("user.x"u8.ToArray(), new byte[] { 0 })] }, []));
        Assert.Equal("dfa766820b6a", Digest.Of(archive).Short);
    }
}
