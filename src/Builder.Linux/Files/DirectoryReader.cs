using System.Buffers;
using System.Buffers.Binary;
using Builder.Linux.Native;

namespace Builder.Linux.Files;

/// <summary>getdents64(2): names as the bytes they are, and no stat call for each.</summary>
internal static unsafe class DirectoryReader
{
    private const int BufferSize = 64 * 1024;

    // struct linux_dirent64: u64 inode, s64 offset, u16 record length, u8 type, name with NUL.
    private const int LengthAt = 16;
    private const int TypeAt = 18;
    private const int NameAt = 19;

    internal static List<DirectoryItem> Read(DirectoryHandle directory)
    {
        var items = new List<DirectoryItem>();
        var rented = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            // A descriptor of its own: the position in a directory belongs to the open file.
            using var stream = directory.Duplicate();
            while (true)
            {
                nint filled;
                fixed (byte* buffer = rented)
                {
                    filled = Libc.Files.GetDirectoryEntries(stream.Descriptor, buffer, BufferSize);
                }

                if (filled < 0)
                {
                    throw FileFailure.Of("getdents64", "");
                }

                if (filled == 0)
                {
                    return items;
                }

                Parse(rented.AsSpan(0, (int)filled), items);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void Parse(ReadOnlySpan<byte> records, List<DirectoryItem> items)
    {
        while (!records.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[LengthAt..]);
            var name = records[NameAt..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                items.Add(new DirectoryItem(name.ToArray(), (FileType)records[TypeAt]));
            }

            records = records[length..];
        }
    }
}
