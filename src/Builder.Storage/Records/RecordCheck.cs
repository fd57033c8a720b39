using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Builder.Storage.Records;

/// <summary>
/// A record is a JSON object whose last property is the beginning of the SHA-256 of the object without it:
/// <c>{"parent":"…","check":"0123456789abcdef"}</c>. People and tools read it as any JSON.
/// </summary>
internal static class RecordCheck
{
    private const int CheckBytes = 8;
    private const int SuffixLength = 28;

    internal static byte[] Append(ReadOnlySpan<byte> json) => [.. json[..^1], .. Suffix(json)];

    /// <summary>The object without its check; the array is changed.</summary>
    /// <exception cref="JsonException">The check is missing or wrong.</exception>
    internal static ReadOnlySpan<byte> Remove(byte[] content)
    {
        var end = content.Length - SuffixLength;
        if (end <= 0)
        {
            throw new JsonException("it has no check");
        }

        var found = content[end..];
        content[end] = (byte)'}';
        var json = content.AsSpan(0, end + 1);
        return Suffix(json).AsSpan().SequenceEqual(found) ? json : throw new JsonException("its check does not fit its content");
    }

    private static byte[] Suffix(ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(json, hash);
        return Encoding.ASCII.GetBytes($",\"check\":\"{Convert.ToHexStringLower(hash[..CheckBytes])}\"}}");
    }
}
