using Builder.Archives.Tar;
using Builder.Archives.Tests.Compression;
using Builder.Testing;

namespace Builder.Archives.Tests.Estargz;

/// <summary>A layer with one of each kind of entry, and one file as large as wanted.</summary>
internal static class SampleTar
{
    public static byte[] Make(int large) => new TarBuilder(modified: 1_000_000_000)
        .Folder("d")
        .File("d/empty")
        .File("d/small", "hello")
        .Symlink("d/link", "small")
        .HardLink("d/twin", "d/small")
        .Device("null", 1, 3)
        .Entry(new TarEntry
        {
            Name = "tagged"u8.ToArray(),
            Kind = TarEntryKind.File,
            Mode = 0x9ed,
            UserId = 7,
            GroupId = 1_000_000_000,
            Size = 3,
            Xattrs = [new TarXattr("user.x"u8.ToArray(), new byte[] { 0, 1, 255 })],
        }, "abc")
        .File(".wh.gone")
        .File(new string('n', 150), System.Text.Encoding.Latin1.GetString(Samples.Text(large)))
        .File("last", "end")
        .Build();
}
