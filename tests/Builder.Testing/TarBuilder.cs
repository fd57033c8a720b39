using System.Text;
using Builder.Archives.Tar;

namespace Builder.Testing;

/// <summary>Makes archives that no honest tool would.</summary>
/// <param name="modified">The time of every entry, in seconds since 1970.</param>
public sealed class TarBuilder(long modified = 0)
{
    private readonly List<(TarEntry Entry, byte[] Content)> entries = [];

    public TarBuilder File(string name, string content = "", uint mode = 0x1a4) =>
        Entry(new TarEntry { Name = Bytes(name), Kind = TarEntryKind.File, Mode = mode, Size = content.Length }, content);

    public TarBuilder Folder(string name, uint mode = 0x1ed) => Entry(new TarEntry { Name = Bytes(name), Kind = TarEntryKind.Directory, Mode = mode });

    public TarBuilder Symlink(string name, string target) =>
        Entry(new TarEntry { Name = Bytes(name), Kind = TarEntryKind.SymbolicLink, Mode = 0x1ff, LinkName = Bytes(target) });

    public TarBuilder HardLink(string name, string target) =>
        Entry(new TarEntry { Name = Bytes(name), Kind = TarEntryKind.HardLink, Mode = 0x1a4, LinkName = Bytes(target) });

    public TarBuilder Device(string name, uint major, uint minor) =>
        Entry(new TarEntry { Name = Bytes(name), Kind = TarEntryKind.CharacterDevice, Mode = 0x1b6, DeviceMajor = major, DeviceMinor = minor });

    public TarBuilder Entry(TarEntry entry, string content = "")
    {
        ArgumentNullException.ThrowIfNull(entry);
        entries.Add((entry with { ModifiedSeconds = modified }, Bytes(content)));
        return this;
    }

    public byte[] Build()
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream))
        {
            foreach (var (entry, content) in entries)
            {
                writer.WriteEntry(entry);
                writer.Write(content);
            }

            writer.Finish();
        }

        return stream.ToArray();
    }

    /// <summary>A name as bytes, one a character: names that are no UTF-8 can be written too.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
