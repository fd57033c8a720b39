using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Builder.Oci;

namespace Builder.Graph;

/// <summary>
/// The canonical encoding of what a key depends on: names and values, each with its length in front, so that no two
/// lists of parts have the same bytes. Described in <c>spec/cache-keys.md</c>.
/// </summary>
internal sealed class KeyWriter
{
    /// <summary>Changes when the meaning of an operation does: old results are then no longer found.</summary>
    private const string Version = "builder.key.v1";

    private readonly List<KeyPart> parts = [];

    public KeyWriter(string kind)
    {
        Add("format", Version);
        Add("kind", kind);
    }

    /// <summary>Writes nothing for null, which so differs from an empty value.</summary>
    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            parts.Add(new KeyPart(name, value));
        }
    }

    public void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, long? value)
    {
        if (value is { } number)
        {
            Add(name, number);
        }
    }

    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    public void Add(string name, IReadOnlyList<string> values)
    {
        Add(name + " count", values.Count);
        foreach (var value in values)
        {
            ArgumentNullException.ThrowIfNull(value);
            Add(name, value);
        }
    }

    public KeyExplanation Finish()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            Append(hash, part.Name);
            Append(hash, part.Value);
        }

        Span<byte> result = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(result);
        return new KeyExplanation(Digest.FromHash(result), parts);
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
