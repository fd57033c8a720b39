using Builder.Engine.Copying;
using Builder.Linux.Files;

namespace Builder.Engine.Contexts;

/// <summary>Asks a tree whether something in it was touched, by the one time of a file that nobody can set.</summary>
internal static class RecentChanges
{
    /// <summary>Whether what a literal source selects, or the folder that it is in, changed at that moment or after it.</summary>
    public static bool Any(SourceTree tree, string source, IReadOnlyList<string> excludes, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var limit = new FileTime(since.ToUnixTimeSeconds(), (int)(since.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick));
        var path = GuestPath.FromText(source);
        var selected = SourceSelector.Select(tree, source, isPattern: false)[0];
        if (!selected.Path.AsSpan().SequenceEqual(path) || IsSince(selected.Status, limit))
        {
            // Links on the way were not looked at: they count as changed.
            return true;
        }

        using (var above = tree.Root.OpenDirectory(GuestPath.Parent(path)))
        {
            if (IsSince(above.Lstat(DirectoryHandle.Self), limit))
            {
                return true;
            }
        }

        if (!selected.IsDirectory)
        {
            return false;
        }

        using var top = tree.Root.OpenDirectory(path);
        foreach (var entry in ContentDigester.WalkOf(tree, selected, excludes).Below(top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (IsSince(entry.Status, limit))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsSince(in FileStatus status, FileTime limit) =>
        status.Changed.Seconds != limit.Seconds ? status.Changed.Seconds > limit.Seconds : status.Changed.Nanoseconds >= limit.Nanoseconds;
}
