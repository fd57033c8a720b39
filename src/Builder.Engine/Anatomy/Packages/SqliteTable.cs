using System.Buffers.Binary;
using System.Text;
using Builder.Diagnostics;

namespace Builder.Engine.Anatomy.Packages;

/// <summary>
/// Reads one table of an SQLite file from its bytes, row by row (sqlite.org/fileformat2.html): the pages of the table's tree, the
/// records in its leaves, and what overflows them. No indexes, no journal: a file of an image that nobody writes.
/// </summary>
internal sealed class SqliteTable
{
    private const int HeaderSize = 100;
    private const byte LeafPage = 13;
    private const byte InnerPage = 5;
    private const int MaxDepth = 40;
    private readonly byte[] file;
    private readonly int pageSize;
    private readonly int usable;
    private readonly HashSet<int> visited = [];

    private SqliteTable(byte[] file)
    {
        this.file = file;
        if (file.Length < HeaderSize || !file.AsSpan(0, 16).SequenceEqual("SQLite format 3\0"u8))
        {
            throw Damaged("it is no SQLite file");
        }

        pageSize = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(16)) is var size && size == 1 ? 65536 : size;
        usable = pageSize - file[20];
        if (pageSize < 512 || usable < 480)
        {
            throw Damaged("its pages have no possible size");
        }
    }

    /// <summary>The last column of each row of a table, which is a blob; rows without one are left out.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadDatabase"/>.</exception>
    public static IReadOnlyList<byte[]> ReadBlobs(byte[] file, string table)
    {
        try
        {
            var reader = new SqliteTable(file);
            var root = reader.RootOf(table) ?? throw Damaged($"it has no table {table}");
            reader.visited.Clear();
            return [.. reader.Records(root, 0).Select(record => ColumnsOf(record)[^1]).OfType<byte[]>()];
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw Damaged("an offset leads out of it");
        }
    }

    /// <summary>sqlite_schema is the table on page 1: type, name, tbl_name, rootpage, sql.</summary>
    private int? RootOf(string table)
    {
        foreach (var record in Records(1, 0))
        {
            var columns = ColumnsOf(record);
            if (columns.Count >= 4 && columns[0] is string and "table" && columns[1] is string name && name == table && columns[3] is long root)
            {
                return checked((int)root);
            }
        }

        return null;
    }

    private IEnumerable<byte[]> Records(int page, int depth)
    {
        // A damaged or hostile file may lead in circles.
        if (depth > MaxDepth || !visited.Add(page))
        {
            throw Damaged("its pages lead in circles");
        }

        var start = checked((page - 1) * pageSize);
        var header = start + (page == 1 ? HeaderSize : 0);
        var kind = file[header];
        if (kind is not (LeafPage or InnerPage))
        {
            throw Damaged($"page {page} is none of a table");
        }

        var cells = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(header + 3));
        var pointers = header + (kind == LeafPage ? 8 : 12);
        for (var i = 0; i < cells; i++)
        {
            var cell = start + BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(pointers + (2 * i)));
            if (kind == LeafPage)
            {
                yield return Record(cell);
                continue;
            }

            foreach (var record in Records(Page(cell), depth + 1))
            {
                yield return record;
            }
        }

        if (kind == InnerPage)
        {
            foreach (var record in Records(Page(header + 8), depth + 1))
            {
                yield return record;
            }
        }
    }

    /// <summary>The payload of a leaf's cell, gathered from overflow pages when it is long.</summary>
    private byte[] Record(int cell)
    {
        var length = checked((int)Varint(ref cell));
        Varint(ref cell);
        if (length > file.Length)
        {
            throw Damaged("a record is longer than the file");
        }

        var payload = new byte[length];
        var most = usable - 35;
        var least = ((usable - 12) * 32 / 255) - 23;
        var here = length <= most ? length : least + ((length - least) % (usable - 4)) is var part && part <= most ? part : least;
        file.AsSpan(cell, here).CopyTo(payload);
        var next = here < length ? Page(cell + here) : 0;
        while (here < length)
        {
            var start = checked((next - 1) * pageSize);
            var count = Math.Min(length - here, usable - 4);
            file.AsSpan(start + 4, count).CopyTo(payload.AsSpan(here));
            here += count;
            next = Page(start);
        }

        return payload;
    }

    /// <summary>Integers as long, text as string, blobs as bytes; null for the rest.</summary>
    private static List<object?> ColumnsOf(byte[] record)
    {
        var columns = new List<object?>();
        var at = 0;
        var headerEnd = checked((int)Varint(record, ref at));
        var body = headerEnd;
        while (at < headerEnd)
        {
            var type = checked((int)Varint(record, ref at));
            var size = type switch { 0 or 8 or 9 => 0, <= 4 => type, 5 => 6, 6 or 7 => 8, _ => (type - 12) / 2 };
            var value = record.AsSpan(body, size);
            columns.Add(type switch
            {
                8 => 0L,
                9 => 1L,
                >= 1 and <= 6 => Integer(value),
                >= 12 when type % 2 == 0 => value.ToArray(),
                >= 13 => Encoding.UTF8.GetString(value),
                _ => null,
            });
            body += size;
        }

        return columns.Count > 0 ? columns : throw Damaged("a record has no columns");
    }

    private static long Integer(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var b in bytes[1..])
        {
            value = (value << 8) | b;
        }

        return value;
    }

    private int Page(int at) => checked((int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)));

    private ulong Varint(ref int at) => Varint(file, ref at);

    /// <summary>One to nine bytes, seven bits each, the ninth with eight.</summary>
    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (var i = 0; i < 8; i++)
        {
            var b = bytes[at++];
            value = (value << 7) | (b & 0x7fu);
            if (b < 0x80)
            {
                return value;
            }
        }

        return (value << 8) | bytes[at++];
    }

    private static BuilderException Damaged(string why) => new(EngineErrors.BadDatabase, $"the database of packages cannot be read: {why}");
}
