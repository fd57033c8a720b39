using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Storage.Snapshots;

/// <summary>How much the files of a folder are: their sizes, a file with several names once. Blocks and directories do not count.</summary>
internal static class TreeUsage
{
    internal static long Of(string folder)
    {
        try
        {
            using var directory = DirectoryHandle.Open(folder);
            return Of(directory, []);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            return 0;
        }
    }

    private static long Of(DirectoryHandle directory, HashSet<ulong> counted)
    {
        var bytes = 0L;
        foreach (var item in directory.Read())
        {
            if (directory.TryLstat(item.Name) is not { } status)
            {
                continue;
            }

            if (status.Type == FileType.Directory)
            {
                using var child = directory.OpenDirectory(item.Name);
                bytes += Of(child, counted);
            }
            else if (status.Type == FileType.Regular && (status.Links == 1 || counted.Add(status.Inode)))
            {
                bytes += status.Size;
            }
        }

        return bytes;
    }
}
