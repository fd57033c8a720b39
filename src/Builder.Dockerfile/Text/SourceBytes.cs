using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Builder.Dockerfile.Text;

/// <summary>
/// Bytes of a file as a text and back without losing any, whatever they are: a byte that is no UTF-8 becomes half of a
/// surrogate pair, U+DC80 to U+DCFF, which no valid text has on its own.
/// </summary>
public static class SourceBytes
{
    private const int Base = 0xDC00;

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> characters = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
            {
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
                bytes = bytes[length..];
            }
            else
            {
                text.Append((char)(Base + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>The bytes that <see cref="Decode"/> made the text of.</summary>
    public static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var bytes = new MemoryStream(text.Length);
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= (char)(Base + 0x80) and <= (char)(Base + 0xFF) && (i == 0 || !char.IsHighSurrogate(text[i - 1])))
            {
                bytes.Write(Encoding.UTF8.GetBytes(text[start..i]));
                bytes.WriteByte((byte)(text[i] - Base));
                start = i + 1;
            }
        }

        bytes.Write(Encoding.UTF8.GetBytes(text[start..]));
        return bytes.ToArray();
    }
}
