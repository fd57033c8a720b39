using Builder.Dockerfile.Ignore;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Walks everything below a directory in one fixed order: names sorted by their bytes, a directory before what is in it.
/// Descriptors all the way, so neither deep trees nor odd names matter, and no recursion.
/// </summary>
internal sealed class TreeWalk(IgnorePatternSet? ignore, string ignorePrefix, IgnorePatternSet? exclude, string excludePrefix = "")
{
    /// <summary>
    /// The entries that are left. A directory that is itself left out, but has something below it that is not, comes just
    /// before the first such thing.
    /// </summary>
    public IEnumerable<TreeEntry> Below(DirectoryHandle top)
    {
        var frames = new Stack<Frame>();
        frames.Push(new Frame(top, owned: false, []));
        try
        {
            while (frames.TryPeek(out var frame))
            {
                if (frame.Next >= frame.Items.Count)
                {
                    frames.Pop().Dispose();
                    continue;
                }

                var item = frame.Items[frame.Next++];
                var path = GuestPath.Join(frame.Path, item.Name);
                var isDirectory = item.Type == FileType.Directory;
                var verdict = Judge(path, isDirectory || item.Type == FileType.Unknown);
                if (verdict == Verdict.Out || frame.Directory.TryLstat(item.Name) is not { } status)
                {
                    continue;
                }

                var entry = new TreeEntry(frame.Directory, item.Name, path, frames.Count - 1, status);
                if (status.Type != FileType.Directory)
                {
                    if (verdict == Verdict.In)
                    {
                        foreach (var pending in TakePending(frames))
                        {
                            yield return pending;
                        }

                        yield return entry;
                    }

                    continue;
                }

                if (verdict == Verdict.In)
                {
                    foreach (var pending in TakePending(frames))
                    {
                        yield return pending;
                    }

                    yield return entry;
                }

                frames.Push(new Frame(ReadableFiles.OpenDirectory(frame.Directory, item.Name, ignorePrefix + GuestPath.ToText(path)), owned: true, path)
                {
                    Pending = verdict == Verdict.In ? null : entry,
                });
            }
        }
        finally
        {
            foreach (var frame in frames)
            {
                frame.Dispose();
            }
        }
    }

    private static List<TreeEntry> TakePending(Stack<Frame> frames)
    {
        var pending = new List<TreeEntry>();
        foreach (var frame in frames.Reverse())
        {
            if (frame.Pending is { } entry)
            {
                pending.Add(entry);
                frame.Pending = null;
            }
        }

        return pending;
    }

    private Verdict Judge(byte[] path, bool mayBeDirectory)
    {
        if (ignore is null && exclude is null)
        {
            return Verdict.In;
        }

        var text = GuestPath.ToText(path);
        var ignored = Judge(ignore, ignorePrefix + text, mayBeDirectory);
        return ignored == Verdict.Out ? ignored : (Verdict)Math.Max((int)ignored, (int)Judge(exclude, excludePrefix + text, mayBeDirectory));
    }

    private static Verdict Judge(IgnorePatternSet? patterns, string path, bool mayBeDirectory) =>
        patterns is null || !patterns.IsIgnored(path) ? Verdict.In
        : mayBeDirectory && patterns.MayHoldIncluded(path) ? Verdict.OnlyBelow
        : Verdict.Out;

    private enum Verdict
    {
        In,

        /// <summary>Left out, but an exception may apply to something below.</summary>
        OnlyBelow,
        Out,
    }

    private sealed class Frame(DirectoryHandle directory, bool owned, byte[] path) : IDisposable
    {
        public DirectoryHandle Directory { get; } = directory;

        public byte[] Path { get; } = path;

        public IReadOnlyList<DirectoryItem> Items { get; } = directory.ReadSorted();

        public int Next { get; set; }

        /// <summary>The directory itself, while it waits for something below it to be let in.</summary>
        public TreeEntry? Pending { get; set; }

        public void Dispose()
        {
            if (owned)
            {
                Directory.Dispose();
            }
        }
    }
}
