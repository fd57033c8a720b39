using Builder.Engine.Containers.Working;
using Builder.Engine.Copying;
using Builder.Linux.Files;
using Builder.Testing;

namespace Builder.Engine.Tests.Copying;

/// <summary>Somebody swaps folders for links while files are copied into them.</summary>
public sealed class CopyRaceTests
{
    /// <summary>CVE-2018-15664, CVE-2026-42306: the destination is resolved, swapped for a link that leads outside, and then written to.</summary>
    [Fact]
    public async Task A_destination_that_is_swapped_for_a_link_meanwhile_is_never_left()
    {
        using var folder = new TemporaryFolder();
        var (inside, outside, source) = (Make(folder, "root"), Make(folder, "outside"), Make(folder, "source"));
        File.WriteAllText(Path.Combine(source, "file"), "copied");
        Directory.CreateDirectory(Path.Combine(inside, "place/deeper"));
        Directory.CreateDirectory(Path.Combine(outside, "deeper"));
        using var enough = new CancellationTokenSource();
        var swaps = 0;
        var swapping = Task.Run(() => Swap(Path.Combine(inside, "place"), outside, enough.Token, ref swaps));
        var copied = 0;
        using (var from = RootDirectory.Open(source))
        using (var to = RootDirectory.Open(inside))
        {
            for (var i = 0; i < 300 || (copied == 0 && i < 5000); i++)
            {
                try
                {
                    await TreeCopy.CopyAsync(from, "/file", to, $"/place/deeper/file{i}", followLink: false, keepOwners: true, TestContext.Current.CancellationToken);
                    copied++;
                }
                catch (Exception e) when (e is Diagnostics.BuilderException or Linux.LinuxException)
                {
                    // The link leads nowhere inside, or there was neither at that moment.
                }
            }
        }

        await enough.CancelAsync();
        await swapping;
        Assert.True(swaps > 10 && copied > 0, $"{swaps} swaps, {copied} copies");
        Assert.Equal([Path.Combine(outside, "deeper")], Directory.EnumerateFileSystemEntries(outside, "*", SearchOption.AllDirectories));
    }

    /// <summary>CVE-2026-47262, CVE-2024-9676: the files of users are no files, are endless, or lead outside.</summary>
    [Fact]
    public void Files_of_users_are_read_as_far_as_they_are_files_of_the_image()
    {
        using var folder = new TemporaryFolder();
        var root = Make(folder, "root");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        using var tree = RootDirectory.Open(root);
        var read = AccountFiles.Reader(tree);
        var passwd = Path.Combine(root, "etc/passwd");

        using (var sparse = File.Create(passwd))
        {
            sparse.SetLength(1L << 30);
        }

        Assert.Contains("more than the", Assert.Throws<Diagnostics.BuilderException>(() => read("/etc/passwd")).Message, StringComparison.Ordinal);
        File.Delete(passwd);
        foreach (var target in (string[])["/dev/zero", "/proc/self/environ", Path.Combine(folder.Path, "outside")])
        {
            File.WriteAllText(Path.Combine(folder.Path, "outside"), "root:x:0:0::/:/bin/sh\n");
            File.CreateSymbolicLink(passwd, target);
            Assert.Null(read("/etc/passwd"));
            File.Delete(passwd);
        }

        using (var parent = DirectoryHandle.Open(Path.Combine(root, "etc")))
        {
            parent.MakeNode("passwd"u8, FileType.Fifo, 0x1a4, 0, 0);
        }

        Assert.Null(read("/etc/passwd"));
    }

    private static void Swap(string place, string target, CancellationToken enough, ref int swaps)
    {
        while (!enough.IsCancellationRequested)
        {
            Directory.Move(place, place + ".aside");
            File.CreateSymbolicLink(place, target);
            File.Delete(place);
            Directory.Move(place + ".aside", place);
            Interlocked.Increment(ref swaps);
        }
    }

    private static string Make(TemporaryFolder folder, string name) => Directory.CreateDirectory(Path.Combine(folder.Path, name)).FullName;
}
