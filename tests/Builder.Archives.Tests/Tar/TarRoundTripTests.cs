using Builder.Archives.Tar;
using Builder.Diagnostics;
using CsCheck;

namespace Builder.Archives.Tests.Tar;

public sealed class TarRoundTripTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        EntryGenerator.Member.Array[0, 5].Sample(
            members =>
            {
                var read = Archive.Read(Archive.Of(members));
                Assert.Equal(members.Select(m => Archive.Line(m.Entry)), read.Select(m => Archive.Line(m.Entry)));
                Assert.Equal(members.Select(m => m.Content), read.Select(m => m.Content));
            },
            iter: 1000);
    }

    [Fact]
    public void Skipping_content_finds_the_same_entries()
    {
        EntryGenerator.Member.Array[0, 5].Sample(
            members =>
            {
                using var reader = new TarReader(new MemoryStream(Archive.Of(members)));
                foreach (var (entry, _) in members)
                {
                    Assert.Equal(Archive.Line(entry), Archive.Line(reader.Next()!));
                }

                Assert.Null(reader.Next());
                Assert.Null(reader.Next());
            },
            iter: 500);
    }

    [Fact]
    public void A_damaged_archive_is_read_or_refused_but_breaks_nothing()
    {
        Gen.Select(EntryGenerator.Member.Array[1, 3], Gen.Int[0, 1_000_000], Gen.Byte, Gen.Bool).Sample(
            (members, where, value, cut) =>
            {
                var bytes = Archive.Of(members);
                var at = where % bytes.Length;
                bytes[at] ^= value;
                try
                {
                    Archive.Read(cut ? bytes[..at] : bytes);
                }
                catch (BuilderException)
                {
                }
            },
            iter: 1000);
    }

    [Fact]
    public void A_damaged_header_with_a_right_checksum_breaks_nothing_either()
    {
        Gen.Select(EntryGenerator.Member, Gen.Int[0, 1_000_000], Gen.Byte.Array[1, 12]).Sample(
            (member, where, values) =>
            {
                var bytes = Archive.Of(member);
                var at = (where % (bytes.Length / 512)) * 512;
                values.CopyTo(bytes, at + (where % 500));
                FixChecksum(bytes.AsSpan(at, 512));
                try
                {
                    Archive.Read(bytes);
                }
                catch (BuilderException)
                {
                }
            },
            iter: 1000);
    }

    internal static void FixChecksum(Span<byte> block)
    {
        block[148..156].Fill((byte)' ');
        var sum = 0;
        foreach (var b in block)
        {
            sum += b;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0')).CopyTo(block[148..]);
        block[154] = 0;
    }
}
