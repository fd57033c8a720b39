using System.Text;
using Builder.Dockerfile.Text;
using CsCheck;

namespace Builder.Dockerfile.Tests.Text;

/// <summary>Files that are no UTF-8.</summary>
public class SourceBytesTests
{
    [Fact]
    public void Any_bytes_survive() =>
        Gen.OneOf(Gen.Byte.Array[0, 40], Gen.OneOf("ä", "\ud83d\ude00", "a").Array[0, 9].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts))),
                Gen.OneOf<byte>(0xF0, 0x9F, 0x98, 0x80, 0xC3, 0xA4, 0xED, 0xB2, 0x41).Array[0, 12])
            .Sample(bytes => Assert.Equal(bytes, SourceBytes.Encode(SourceBytes.Decode(bytes))), iter: 5_000);

    [Fact]
    public void Utf8_is_the_text_it_is()
    {
        const string Text = "\uFEFFFROM ä\n# \ud83d\ude00\n";
        Assert.Equal(Text, SourceBytes.Decode(Encoding.UTF8.GetBytes(Text)));
    }

    [Fact]
    public void A_byte_of_another_encoding_is_one_character() => Assert.Equal("# caf\udce9\n", SourceBytes.Decode([0x23, 0x20, 0x63, 0x61, 0x66, 0xE9, 0x0A]));
}
