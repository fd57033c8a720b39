using System.Buffers;
using System.Buffers.Text;
using Builder.Diagnostics;

namespace Builder.Archives.Tar;

/// <summary>
/// The records that say what a ustar header cannot (POSIX.1-2001 pax, "Extended Header"): <c>length key=value\n</c>, where
/// length counts itself, sorted by key. Reused from entry to entry, so that ordinary ones cost no memory.
/// </summary>
internal sealed class PaxHeader
{
    private static ReadOnlySpan<byte> HeaderFolder => "PaxHeaders.0/"u8;

    private readonly ArrayBufferWriter<byte> records = new(1024);

    public ReadOnlySpan<byte> Records => records.WrittenSpan;

    /// <summary>Whether there is something that a ustar header cannot say.</summary>
    public static bool IsNeeded(TarEntry entry) =>
        entry.Xattrs.Count > 0 ||
        !UstarHeader.FitsOwner(entry.UserId) || !UstarHeader.FitsOwner(entry.GroupId) ||
        !UstarHeader.FitsSize(entry) || !UstarHeader.FitsModified(entry) ||
        !UstarHeader.FitsName(entry) || !UstarHeader.FitsLinkName(entry);

    /// <summary>Puts what the header cannot say into <see cref="Records"/>.</summary>
    public void Describe(TarEntry entry)
    {
        records.ResetWrittenCount();

        // In the order of their keys: upper case sorts before lower.
        if (entry.Xattrs.Count > 0)
        {
            DescribeXattrs(entry);
        }

        AddNumber("gid"u8, entry.GroupId, UstarHeader.FitsOwner(entry.GroupId));
        if (!UstarHeader.FitsLinkName(entry))
        {
            Add("linkpath"u8, entry.LinkName.Span);
        }

        AddNumber("mtime"u8, entry.ModifiedSeconds, UstarHeader.FitsModified(entry));

        // Once there are records, a long name is one of them rather than split: so does Go, and so look other layers.
        if (!UstarHeader.FitsNameField(entry))
        {
            Add("path"u8, entry.Name.Span, UstarHeader.NeedsSlash(entry) ? "/"u8 : []);
        }

        AddNumber("size"u8, entry.Size, UstarHeader.FitsSize(entry));
        AddNumber("uid"u8, entry.UserId, UstarHeader.FitsOwner(entry.UserId));
    }

    /// <summary>The block before the records; its name is only for programs that know no PAX and would make a file of it.</summary>
    public void WriteHeader(TarEntry entry, Span<byte> block)
    {
        var name = entry.Name.Span;
        var trimmed = UstarHeader.NeedsSlash(entry) ? name.Length : name.LastIndexOf((byte)'/') + 1;
        var field = block[TarBlock.Name];
        var written = UstarHeader.CopyAscii(name[..trimmed], field);
        if (UstarHeader.NeedsSlash(entry))
        {
            written += UstarHeader.CopyAscii("/"u8, field[written..]);
        }

        written += UstarHeader.CopyAscii(HeaderFolder, field[written..]);
        written += UstarHeader.CopyAscii(name[trimmed..], field[written..]);
        while (written > 1 && field[written - 1] == '/')
        {
            field[--written] = 0;
        }

        TarBlock.WriteOctal(block[TarBlock.Mode], 0);
        TarBlock.WriteOctal(block[TarBlock.UserId], 0);
        TarBlock.WriteOctal(block[TarBlock.GroupId], 0);
        TarBlock.WriteOctal(block[TarBlock.ContentSize], records.WrittenCount);
        TarBlock.WriteOctal(block[TarBlock.Modified], 0);
        block[TarBlock.Type] = (byte)'x';
        UstarHeader.Seal(block);
    }

    private void DescribeXattrs(TarEntry entry)
    {
        var previous = default(ReadOnlyMemory<byte>);
        foreach (var xattr in entry.Xattrs.OrderBy(x => x.Name, ByteOrder.Instance))
        {
            if (xattr.Name.IsEmpty || xattr.Name.Span.IndexOfAny((byte)'=', (byte)0) >= 0)
            {
                throw new BuilderException(
                    ArchiveErrors.Unrepresentable,
                    $"the extended attribute '{Printable.Text(xattr.Name.Span)}' of '{Printable.Text(entry.Name.Span)}' cannot be stored in a tar archive",
                    "remove the attribute: its name has a character that the format reserves");
            }

            if (xattr.Name.Span.SequenceEqual(previous.Span))
            {
                throw new ArgumentException($"the entry '{Printable.Text(entry.Name.Span)}' has the extended attribute '{Printable.Text(xattr.Name.Span)}' twice");
            }

            previous = xattr.Name;
            Add(PaxKeys.XattrPrefix, xattr.Name.Span, "="u8, xattr.Value.Span);
        }
    }

    private void AddNumber(ReadOnlySpan<byte> key, long value, bool fits)
    {
        if (!fits)
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(value, digits, out var length);
            Add(key, digits[..length]);
        }
    }

    private void Add(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ReadOnlySpan<byte> suffix = default) => Add(key, "="u8, value, suffix);

    private void Add(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d)
    {
        var rest = 1 + a.Length + b.Length + c.Length + d.Length + 1;
        var length = rest;
        while (length != rest + Digits(length))
        {
            length = rest + Digits(length);
        }

        var record = records.GetSpan(length);
        Utf8Formatter.TryFormat(length, record, out var at);
        record[at++] = (byte)' ';
        Put(a, record, ref at);
        Put(b, record, ref at);
        Put(c, record, ref at);
        Put(d, record, ref at);
        record[at] = (byte)'\n';
        records.Advance(length);
    }

    private static void Put(ReadOnlySpan<byte> part, Span<byte> record, ref int at)
    {
        part.CopyTo(record[at..]);
        at += part.Length;
    }

    private static int Digits(int value)
    {
        var digits = 1;
        while ((value /= 10) > 0)
        {
            digits++;
        }

        return digits;
    }

    private sealed class ByteOrder : IComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceCompareTo(y.Span);
    }
}
