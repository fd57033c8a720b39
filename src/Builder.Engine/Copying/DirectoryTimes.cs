using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// The times that directories shall have when a copy is finished. Adding a name to a directory changes its time to now, so
/// times are remembered meanwhile and set at the end, deepest first.
/// </summary>
internal sealed class DirectoryTimes(RootDirectory root)
{
    private readonly SortedDictionary<string, FileTime> times = new(StringComparer.Ordinal);

    /// <summary>The directory keeps the time it has now, unless another was set.</summary>
    public void Keep(byte[] path, DirectoryHandle directory)
    {
        var key = GuestPath.Key(path);
        if (!times.ContainsKey(key))
        {
            times.Add(key, directory.Lstat(DirectoryHandle.Self).Modified);
        }
    }

    /// <summary>
    /// The directory in which the first missing one of this path will be made keeps its time, unless nothing is missing.
    /// </summary>
    /// <param name="path">Without links.</param>
    public void KeepAbove(byte[] path)
    {
        var existing = path;
        while (root.TryLstat(existing) is null)
        {
            existing = GuestPath.Parent(existing);
        }

        if (existing.Length < path.Length && root.TryOpenDirectory(existing) is { } directory)
        {
            using (directory)
            {
                Keep(existing, directory);
            }
        }
    }

    public void Set(byte[] path, FileTime time) => times[GuestPath.Key(path)] = time;

    public void Restore()
    {
        foreach (var (path, time) in times.Reverse())
        {
            using var directory = root.OpenDirectory(GuestPath.FromKey(path));
            try
            {
                directory.SetTimes(DirectoryHandle.Self, time);
            }
            catch (LinuxException e) when (e.Errno == Errno.EPERM)
            {
                // One may write into the folder of another, and not say when that was.
            }
        }

        times.Clear();
    }
}
