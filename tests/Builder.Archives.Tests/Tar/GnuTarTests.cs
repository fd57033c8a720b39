using System.Text;
using Builder.Archives.Tar;
using Builder.Testing;

namespace Builder.Archives.Tests.Tar;

/// <summary>GNU tar as a judge of what is written and as a maker of what is read.</summary>
public sealed class GnuTarTests
{
    [Fact]
    public void Gnu_tar_lists_what_is_written()
    {
        RequireTar();
        var longName = string.Join('/', Enumerable.Repeat("a-folder-with-a-long-name", 12)) + "/café";
        var archive = Archive.Of(
            (Archive.Directory("etc") with { UserId = 12, GroupId = 34, ModifiedSeconds = 86400 }, []),
            (Archive.File("etc/passwd", "root"u8.ToArray()) with { Mode = 0x9ED, ModifiedSeconds = -1 }, "root"u8.ToArray()),
            (Archive.File(longName, []) with { UserId = 3_000_000_000 }, []),
            (Archive.Link("etc/link", "passwd"), []),
            (Archive.Link("etc/hard", "etc/passwd", TarEntryKind.HardLink), []),
            (new TarEntry { Name = Archive.Bytes("null"), Kind = TarEntryKind.CharacterDevice, DeviceMajor = 1, DeviceMinor = 3, Mode = 0x1B6 }, []),
            (new TarEntry { Name = Archive.Bytes("pipe"), Kind = TarEntryKind.Fifo }, []));

        var listing = Encoding.UTF8.GetString(ExternalTool.Run("tar", ["--utc", "--full-time", "--quoting-style=literal", "--numeric-owner", "-tvf", "-"], archive));

        Assert.Equal(
            [
                "drwxr-xr-x 12/34 0 1970-01-02 00:00:00 etc/",
                "-rwsr-xr-x 0/0 4 1969-12-31 23:59:59 etc/passwd",
                $"-rw-r--r-- 3000000000/0 0 1970-01-01 00:00:00 {longName}",
                "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 etc/link -> passwd",
                "hrwxrwxrwx 0/0 0 1970-01-01 00:00:00 etc/hard link to etc/passwd",
                "crw-rw-rw- 0/0 1,3 1970-01-01 00:00:00 null",
                "p--------- 0/0 0 1970-01-01 00:00:00 pipe",
            ],
            listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void Gnu_tar_extracts_content_owners_and_attributes()
    {
        RequireTar();
        if (Environment.UserName != "root" || !ExternalTool.Exists("getfattr"))
        {
            Assert.Skip("needs root and getfattr");
        }

        using var folder = new TemporaryFolder();
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        var archive = Archive.Of((Archive.File("file", content) with { UserId = 1234, Xattrs = [new("user.note"u8.ToArray(), new byte[] { 0, 0xFF, 10 })] }, content));

        ExternalTool.Run("tar", ["--numeric-owner", "--xattrs", "--xattrs-include=*", "-xf", "-", "-C", folder.Path], archive);

        Assert.Equal(content, File.ReadAllBytes(folder["file"]));
        Assert.Equal("1234\n", Encoding.UTF8.GetString(ExternalTool.Run("stat", ["-c", "%u", folder["file"]])));
        Assert.Contains("user.note=0x00ff0a", Encoding.UTF8.GetString(ExternalTool.Run("getfattr", ["-d", "-e", "hex", folder["file"]])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v7")]
    [InlineData("oldgnu")]
    [InlineData("gnu")]
    [InlineData("ustar")]
    [InlineData("posix")]
    public void Each_of_gnu_tars_formats_is_read(string format)
    {
        RequireTar();
        using var folder = new TemporaryFolder();
        var isLong = format is not ("v7" or "ustar");
        var name = isLong ? new string('n', 180) : new string('n', 80);
        File.WriteAllText(folder[name], "content");
        File.CreateSymbolicLink(folder["symbolic"], isLong ? new string('t', 150) : "target");
        Directory.CreateDirectory(folder["folder"]);
        File.SetLastWriteTimeUtc(folder[name], DateTime.UnixEpoch.AddSeconds(1_000_000_000.25));

        var owner = isLong ? "--owner=:4000000000" : "--owner=:1000";
        var archive = ExternalTool.Run("tar", ["--format=" + format, "--sort=name", owner, "-C", folder.Path, "-cf", "-", "."]);
        var read = Archive.Read(archive);

        Assert.Equal([".", "./folder", "./" + name, "./symbolic"], read.Select(m => Archive.Text(m.Entry.Name)));
        Assert.Equal([TarEntryKind.Directory, TarEntryKind.Directory, TarEntryKind.File, TarEntryKind.SymbolicLink], read.Select(m => m.Entry.Kind));
        Assert.Equal("content"u8.ToArray(), read[2].Content);
        Assert.Equal(1_000_000_000, read[2].Entry.ModifiedSeconds);
        Assert.Equal(format == "posix" ? 250_000_000 : 0, read[2].Entry.ModifiedNanoseconds);
        Assert.All(read, m => Assert.Equal(isLong ? 4_000_000_000 : 1000, m.Entry.UserId));
        Assert.Equal(isLong ? new string('t', 150) : "target", Archive.Text(read[3].Entry.LinkName));
    }

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=posix", "--sparse-version=0.0")]
    [InlineData("--format=posix", "--sparse-version=0.1")]
    [InlineData("--format=posix", "--sparse-version=1.0")]
    public void Sparse_files_are_read_with_their_holes(params string[] how)
    {
        RequireTar();
        using var folder = new TemporaryFolder();
        using (var file = File.Create(folder["sparse"]))
        {
            // More stretches than the header and one extension block of the old format have room for.
            for (var i = 1; i <= 40; i++)
            {
                file.Position = i * 65536;
                file.Write(Encoding.ASCII.GetBytes($"stretch {i}"));
            }

            file.SetLength(50 * 65536);
        }

        File.WriteAllText(folder["zlast"], "after");
        var archive = ExternalTool.Run("tar", [.. how, "--sparse", "--sort=name", "-C", folder.Path, "-cf", "-", "sparse", "zlast"]);
        Assert.True(archive.Length < 1_000_000, "the file system made no holes");
        var read = Archive.Read(archive);

        Assert.Equal(["sparse", "zlast"], read.Select(m => Archive.Text(m.Entry.Name)));
        Assert.Equal(File.ReadAllBytes(folder["sparse"]), read[0].Content);
        Assert.Equal("after"u8.ToArray(), read[1].Content);
    }

    private static void RequireTar() => Assert.SkipUnless(ExternalTool.Exists("tar"), "GNU tar is not installed");
}
