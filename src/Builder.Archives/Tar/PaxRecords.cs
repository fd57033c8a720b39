using System.Buffers.Text;
using System.Text;

namespace Builder.Archives.Tar;

/// <summary>
/// The records of one PAX header (POSIX.1-2001 pax). The last of equal keys wins; an empty value means "as the header
/// block says", except that an extended attribute may well be empty. Keys are kept as UTF-8 text, values as bytes.
/// </summary>
internal sealed class PaxRecords
{
    public static readonly PaxRecords None = new();

    private readonly Dictionary<string, ReadOnlyMemory<byte>> values = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, TarXattr> xattrs = new(StringComparer.Ordinal);
    private readonly List<(long Offset, long Length)> sparsePairs = [];
    private long? sparseOffset;

    private PaxRecords()
    {
    }

    public IReadOnlyList<TarXattr> Xattrs => xattrs.Count == 0 ? [] : [.. xattrs.Values];

    /// <summary>The segments of sparse format 0.0, whose records repeat.</summary>
    public IReadOnlyList<(long Offset, long Length)> SparsePairs => sparsePairs;

    public bool HasSparse { get; private set; }

    /// <param name="offset">Of the header block, for messages.</param>
    public static PaxRecords Parse(ReadOnlyMemory<byte> bytes, long offset)
    {
        var records = new PaxRecords();
        while (!bytes.IsEmpty)
        {
            var space = bytes.Span.IndexOf((byte)' ');
            if (space <= 0 ||
                !Utf8Parser.TryParse(bytes.Span[..space], out int length, out var digits) || digits != space ||
                length <= space + 1 || length > bytes.Length || bytes.Span[length - 1] != '\n')
            {
                throw TarReader.Broken(offset, "a PAX record whose length is wrong");
            }

            var record = bytes[(space + 1)..(length - 1)];
            var equals = record.Span.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw TarReader.Broken(offset, "a PAX record without a key");
            }

            records.Add(record[..equals], record[(equals + 1)..], offset);
            bytes = bytes[length..];
        }

        return records;
    }

    /// <summary>A value that is bytes, such as <c>path</c>; null when absent or empty.</summary>
    public ReadOnlyMemory<byte>? Text(string key)
    {
        // Not "? value : null": null would become an empty memory by way of an empty array.
        if (values.TryGetValue(key, out var value) && !value.IsEmpty)
        {
            return value;
        }

        return null;
    }

    public long? Number(string key, long offset) => Text(key) is { } text ? PaxNumber.Parse(text.Span, key, offset) : null;

    public long? Size(long offset) => Number("size", offset);

    public (long Seconds, int Nanoseconds)? Modified(long offset) =>
        Text("mtime") is { } text ? PaxNumber.ParseTime(text.Span, "mtime", offset) : null;

    private void Add(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long offset)
    {
        if (key.Span.StartsWith(PaxKeys.XattrPrefix))
        {
            AddXattr(key[PaxKeys.XattrPrefix.Length..], value, offset);
            return;
        }

        if (value.Span.Contains((byte)0))
        {
            throw TarReader.Broken(offset, $"the PAX record '{Printable.Text(key.Span)}' has a NUL");
        }

        HasSparse |= key.Span.StartsWith(PaxKeys.SparsePrefix);
        if (key.Span.SequenceEqual("GNU.sparse.offset"u8))
        {
            sparseOffset = PaxNumber.Parse(value.Span, "GNU.sparse.offset", offset);
        }
        else if (key.Span.SequenceEqual("GNU.sparse.numbytes"u8))
        {
            var start = sparseOffset ?? throw TarReader.Broken(offset, "GNU.sparse.numbytes without an offset");
            sparsePairs.Add((start, PaxNumber.Parse(value.Span, "GNU.sparse.numbytes", offset)));
            sparseOffset = null;
        }
        else
        {
            values[Encoding.UTF8.GetString(key.Span)] = value;
        }
    }

    private void AddXattr(ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> value, long offset)
    {
        if (name.IsEmpty || name.Span.Contains((byte)0))
        {
            throw TarReader.Broken(offset, "an extended attribute whose name is empty or has a NUL");
        }

        xattrs[Encoding.Latin1.GetString(name.Span)] = new TarXattr(name, value);
    }
}
