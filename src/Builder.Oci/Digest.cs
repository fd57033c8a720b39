using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Diagnostics;

namespace Builder.Oci;

/// <summary>
/// The name of some bytes: <c>sha256:</c> and 64 lower-case hex digits (OCI image-spec, descriptor.md "Digests").
/// A value of this type has passed the grammar, so it is safe in a path or a URL. Only SHA-256 is accepted: it is
/// the one algorithm that every registry and engine supports, and what cannot be verified is not let in.
/// </summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    public const string Algorithm = "sha256";
    private const int HexLength = 64;

    private readonly string? hex;

    private Digest(string hex) => this.hex = hex;

    /// <summary>The 64 hex digits.</summary>
    public string Hex => hex ?? throw new InvalidOperationException("the default digest names nothing");

    public bool IsDefault => hex is null;

    /// <summary>The first 12 hex digits, the form in which people quote image ids.</summary>
    public string Short => Hex[..12];

    /// <summary>Wraps a finished SHA-256 (32 bytes).</summary>
    public static Digest FromHash(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, SHA256.HashSizeInBytes);
        return new Digest(Convert.ToHexStringLower(hash));
    }

    /// <summary>Hashes <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return FromHash(hash);
    }

    /// <summary>Hashes the UTF-8 form of <paramref name="text"/>.</summary>
    public static Digest OfText(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <exception cref="BuilderException">The text is not a digest; <see cref="OciErrors.InvalidDigest"/>.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest)
            ? digest
            : throw new BuilderException(
                OciErrors.InvalidDigest,
                $"not a digest: '{Printable(text)}'",
                "a digest is 'sha256:' and 64 lower-case hex digits");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != Algorithm.Length + 1 + HexLength || !text.StartsWith(Algorithm + ":", StringComparison.Ordinal))
        {
            return false;
        }

        var hex = text[(Algorithm.Length + 1)..];
        foreach (var c in hex)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
            {
                return false;
            }
        }

        digest = new Digest(hex);
        return true;
    }

    public int CompareTo(Digest other) => string.CompareOrdinal(hex, other.hex);

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    public override string ToString() => hex is null ? "" : Algorithm + ":" + hex;

    private static string Printable(string text)
    {
        var cut = text.Length > 100 ? text[..100] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }
}

/// <summary>Digests are JSON strings; one that does not parse makes the document invalid.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out var digest) ? digest : throw new JsonException("not a sha256 digest");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
