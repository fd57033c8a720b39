using System.Text;
using Builder.Archives.Tar;
using Builder.Diagnostics;

namespace Builder.Archives.Tests.Tar;

public sealed class TarReaderTests
{
    [Fact]
    public void An_empty_stream_is_an_empty_archive() => Assert.Empty(Archive.Read([]));

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(1024)]
    public void One_two_or_no_zero_blocks_end_an_archive(int zeros)
    {
        var archive = Archive.Of((Archive.File("a", [1]), [1]));
        Assert.Single(Archive.Read([.. archive[..1024], .. new byte[zeros]]));
        if (zeros > 0)
        {
            Assert.Single(Archive.Read([.. archive[..1024], .. new byte[zeros], .. "junk after the end"u8]));
        }
    }

    [Fact]
    public void A_cut_archive_says_where_it_ends()
    {
        var archive = Archive.Of((Archive.File("a", new byte[600]), new byte[600]));
        var error = Assert.Throws<BuilderException>(() => Archive.Read(archive[..1000]));
        Assert.Equal((ArchiveErrors.TruncatedTar, "the tar archive ends at byte 1000, in the middle of an entry"), (error.Code, error.Message));
    }

    [Fact]
    public void What_is_no_tar_says_so()
    {
        var error = Assert.Throws<BuilderException>(() => Archive.Read(Encoding.ASCII.GetBytes(new string('<', 2000))));
        Assert.Equal((ArchiveErrors.InvalidTar, "invalid tar at byte 0: this is no tar header: its checksum is wrong"), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("1.5", 1, 500_000_000)]
    [InlineData("-1.5", -2, 500_000_000)]
    [InlineData("-0.25", -1, 750_000_000)]
    [InlineData("-3", -3, 0)]
    [InlineData("12.1234567899", 12, 123_456_789)]
    [InlineData(".5", null, 0)]
    [InlineData("1.x", null, 0)]
    [InlineData("+1", null, 0)]
    [InlineData("99999999999999999999", null, 0)]
    public void Times_in_pax_have_fractions_and_signs(string text, int? seconds, int nanoseconds)
    {
        var archive = Pax($"mtime={text}");
        if (seconds is null)
        {
            Assert.Equal(ArchiveErrors.InvalidTar, Assert.Throws<BuilderException>(() => Archive.Read(archive)).Code);
            return;
        }

        var entry = Assert.Single(Archive.Read(archive)).Entry;
        Assert.Equal((seconds.Value, nanoseconds), (entry.ModifiedSeconds, entry.ModifiedNanoseconds));
    }

    [Fact]
    public void The_last_of_equal_records_wins_and_an_empty_one_falls_back()
    {
        Assert.Equal("second", Name(Pax("path=first", "path=second")));
        Assert.Equal("name", Name(Pax("path=first", "path=")));
        static string Name(byte[] archive) => Archive.Text(Assert.Single(Archive.Read(archive)).Entry.Name);
    }

    [Theory]
    [InlineData("size=-1")]
    [InlineData("size=x")]
    [InlineData("uid=-1")]
    [InlineData("path=a\0b")]
    [InlineData("SCHILY.xattr.=x")]
    [InlineData("GNU.sparse.major=1", "GNU.sparse.minor=0")]
    [InlineData("GNU.sparse.map=0,1", "GNU.sparse.size=4")]
    [InlineData("GNU.sparse.map=0", "GNU.sparse.size=4")]
    [InlineData("GNU.sparse.map=3,1,0,1", "GNU.sparse.size=4")]
    [InlineData("GNU.sparse.map=0,9223372036854775807", "GNU.sparse.size=4")]
    public void Lies_in_pax_records_are_refused(params string[] records)
    {
        var error = Assert.Throws<BuilderException>(() => Archive.Read(Pax(records)));
        Assert.Equal(ArchiveErrors.InvalidTar, error.Code);
        Assert.DoesNotContain("length is wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_global_header_is_checked_and_skipped()
    {
        var archive = Pax("path=other");
        archive[156] = (byte)'g';
        TarRoundTripTests.FixChecksum(archive.AsSpan(0, 512));
        Assert.Equal("name", Archive.Text(Assert.Single(Archive.Read(archive)).Entry.Name));
    }

    [Fact]
    public void Metadata_has_a_limit()
    {
        var archive = Pax("comment=" + new string('c', 2000));
        Assert.Single(Archive.Read(archive));
        var error = Assert.Throws<BuilderException>(() => Archive.Read(archive, new TarLimits(MetadataBytes: 1000)));
        Assert.Equal(ArchiveErrors.LimitExceeded, error.Code);
    }

    [Fact]
    public void An_extended_header_needs_an_entry_after_it()
    {
        var archive = Pax("path=a");
        Assert.Equal(ArchiveErrors.InvalidTar, Assert.Throws<BuilderException>(() => Archive.Read(archive[..1024])).Code);
    }

    [Fact]
    public void A_mode_with_the_file_type_in_it_is_read_without()
    {
        var archive = Archive.Of((Archive.File("a", []), []));
        "0100644\0"u8.CopyTo(archive.AsSpan(100));
        TarRoundTripTests.FixChecksum(archive.AsSpan(0, 512));
        Assert.Equal(0x1A4u, Assert.Single(Archive.Read(archive)).Entry.Mode);
    }

    [Fact]
    public void Content_dies_with_its_entry()
    {
        using var reader = new TarReader(new MemoryStream(Archive.Of((Archive.File("a", [1]), [1]), (Archive.File("b", [2]), [2]))));
        reader.Next();
        var content = reader.Content;
        reader.Next();
        Assert.Throws<ObjectDisposedException>(() => content.ReadByte());
        Assert.Equal(2, reader.Content.ReadByte());
        Assert.Equal(-1, reader.Content.ReadByte());
    }

    /// <summary>An empty file "name" behind a PAX header of these records.</summary>
    private static byte[] Pax(params string[] records)
    {
        using var body = new MemoryStream();
        foreach (var record in records.Select(Archive.Bytes))
        {
            // The length counts its own digits.
            var rest = record.Length + 2;
            var length = rest + $"{rest + $"{rest}".Length}".Length;
            body.Write(Archive.Bytes($"{length} "));
            body.Write(record);
            body.WriteByte((byte)'\n');
        }

        var archive = Archive.Of((Archive.File("header", body.ToArray()), body.ToArray()), (Archive.File("name", []), []));
        archive[156] = (byte)'x';
        TarRoundTripTests.FixChecksum(archive.AsSpan(0, 512));
        return archive;
    }
}
