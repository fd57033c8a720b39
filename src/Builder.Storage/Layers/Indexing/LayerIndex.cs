using Builder.Archives.Tar;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Storage.Layers.Indexing;

/// <summary>One entry of a layer without its content.</summary>
/// <param name="Offset">Where in the layer's tar the content begins.</param>
/// <param name="Content">The digest of a file's content; null for a layer that was written here.</param>
internal sealed record LayerIndexEntry(TarEntry Entry, long Offset, Digest? Content);

/// <summary>
/// The headers of a layer's tar: what a tree of layers looks like can be learnt from them without unpacking anything. Kept as a
/// hint under the layer's diff ID, since it can be read off the layer again.
/// </summary>
/// <param name="Info">What the layer is as a whole.</param>
internal sealed record LayerIndex(LayerInfo Info, IReadOnlyList<LayerIndexEntry> Entries)
{
    internal const string HintKind = "layer-index";
    internal const int MaxSize = 512 << 20;
    private const byte Version = 1;

    internal byte[] Write()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write(Info.Size);
        writer.Write7BitEncodedInt(Entries.Count);
        foreach (var (entry, offset, content) in Entries)
        {
            writer.Write((byte)entry.Kind);
            writer.Write7BitEncodedInt64(entry.Mode);
            writer.Write7BitEncodedInt64(entry.UserId);
            writer.Write7BitEncodedInt64(entry.GroupId);
            writer.Write7BitEncodedInt64(entry.Size);
            writer.Write7BitEncodedInt64(entry.ModifiedSeconds);
            writer.Write7BitEncodedInt64(entry.DeviceMajor);
            writer.Write7BitEncodedInt64(entry.DeviceMinor);
            writer.Write7BitEncodedInt64(offset);
            Write(writer, entry.Name);
            Write(writer, entry.LinkName);
            writer.Write7BitEncodedInt(entry.Xattrs.Count);
            foreach (var xattr in entry.Xattrs)
            {
                Write(writer, xattr.Name);
                Write(writer, xattr.Value);
            }

            Write(writer, content is { } digest ? Convert.FromHexString(digest.Hex) : default);
        }

        writer.Flush();
        return bytes.ToArray();
    }

    /// <summary>Null for what another version has written.</summary>
    internal static LayerIndex? Read(DiffId diffId, byte[] bytes)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            if (reader.ReadByte() != Version)
            {
                return null;
            }

            var size = reader.ReadInt64();
            var entries = new LayerIndexEntry[reader.Read7BitEncodedInt()];
            for (var i = 0; i < entries.Length; i++)
            {
                entries[i] = ReadEntry(reader);
            }

            return new LayerIndex(new LayerInfo(diffId, size, entries.Length), entries);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static LayerIndexEntry ReadEntry(BinaryReader reader)
    {
        var kind = (TarEntryKind)reader.ReadByte();
        var mode = (uint)reader.Read7BitEncodedInt64();
        var (userId, groupId) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        var (size, modified) = (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        var (major, minor) = ((uint)reader.Read7BitEncodedInt64(), (uint)reader.Read7BitEncodedInt64());
        var offset = reader.Read7BitEncodedInt64();
        var (name, link) = (ReadBytes(reader), ReadBytes(reader));
        var xattrs = reader.Read7BitEncodedInt() is var count and > 0 ? new TarXattr[count] : [];
        for (var i = 0; i < xattrs.Length; i++)
        {
            xattrs[i] = new TarXattr(ReadBytes(reader), ReadBytes(reader));
        }

        var content = ReadBytes(reader);
        var entry = new TarEntry
        {
            Name = name,
            Kind = kind,
            Mode = mode,
            UserId = userId,
            GroupId = groupId,
            Size = size,
            ModifiedSeconds = modified,
            LinkName = link,
            DeviceMajor = major,
            DeviceMinor = minor,
            Xattrs = xattrs,
        };
        return new LayerIndexEntry(entry, offset, content.Length == 0 ? null : Digest.FromHash(content));
    }

    private static void Write(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes.Span);
    }

    private static byte[] ReadBytes(BinaryReader reader)
    {
        var length = reader.Read7BitEncodedInt();
        var bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }
}
