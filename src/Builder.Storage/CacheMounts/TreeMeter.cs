using Builder.Linux.Files;

namespace Builder.Storage.CacheMounts;

/// <summary>Adds up what trees take; a file with several names counts once.</summary>
internal sealed class TreeMeter
{
    private readonly HashSet<(ulong FileSystem, ulong Inode)> seen = [];

    public long Files { get; private set; }

    public long Bytes { get; private set; }

    public void Add(DirectoryHandle directory)
    {
        foreach (var item in directory.Read())
        {
            if (directory.TryLstat(item.Name) is not { } status)
            {
                continue;
            }

            if (status.Type != FileType.Directory)
            {
                Count(status);
            }
            else if (directory.TryOpenDirectory(item.Name) is { } child)
            {
                using (child)
                {
                    Add(child);
                }
            }
        }
    }

    private void Count(in FileStatus status)
    {
        if (status.Links > 1 && !seen.Add((status.FileSystem, status.Inode)))
        {
            return;
        }

        Files++;
        Bytes += status.Size;
    }
}
