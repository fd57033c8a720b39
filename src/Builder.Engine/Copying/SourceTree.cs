using Builder.Dockerfile.Ignore;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// What a copy reads from: a build context, with its ignore patterns and with root as everybody's owner; or the file
/// system of a stage or an image, as it is.
/// </summary>
internal sealed class SourceTree(RootDirectory root, IgnorePatternSet? ignore, bool ownedByRoot) : IDisposable
{
    public RootDirectory Root { get; } = root;

    /// <summary>What is left out, against paths below the root; null for nothing.</summary>
    public IgnorePatternSet? Ignore { get; } = ignore;

    /// <summary>Whether files become root's own (dockerfile-language C15); else they keep their owners.</summary>
    public bool OwnedByRoot { get; } = ownedByRoot;

    /// <summary>Whether nothing of a file's mode counts but that its owner may execute it (<c>--context-mode=normalize</c>).</summary>
    public bool NormalizesModes { get; init; }

    /// <summary>What earlier builds found in the files; null where nobody remembers.</summary>
    public ScanCache? Scan { get; init; }

    /// <summary>What the layers say of times; null for a tree whose files say it themselves. Disposed of with the tree.</summary>
    public LayerTimes? Times { get; init; }

    /// <summary>An entry of this tree with the time that a copy gets.</summary>
    /// <param name="prefix">The path of the directory where the walk began.</param>
    public TreeEntry Timed(in TreeEntry entry, byte[] prefix) =>
        Times is null ? entry : entry with { Status = Timed(GuestPath.Join(prefix, entry.Path), entry.Status) };

    /// <summary>What is at a path, with the time that a copy gets.</summary>
    public FileStatus Timed(byte[] path, in FileStatus status) => Times is null ? status : status with { Modified = Times.Of(path, status.Modified) };

    /// <summary>The mode that a copy of a file gets.</summary>
    public uint ModeOf(in FileStatus status) => NormalizesModes ? NormalModeOf(status) : status.Mode;

    /// <summary>The two modes that git knows, as a checkout with a umask of 022 has them.</summary>
    public static uint NormalModeOf(in FileStatus status)
    {
        const uint Executable = 0x1ed;
        const uint Plain = 0x1a4;
        const uint OwnerExecutes = 0x40;
        return status.Type == FileType.Directory || (status.Mode & OwnerExecutes) != 0 ? Executable : Plain;
    }

    /// <summary>Whether the pattern set hides this path and, if it is a directory, everything below it.</summary>
    public bool Hides(byte[] path, bool isDirectory)
    {
        if (Ignore is null || path.Length == 0)
        {
            return false;
        }

        var text = GuestPath.ToText(path);
        return Ignore.IsIgnored(text) && !(isDirectory && Ignore.MayHoldIncluded(text));
    }

    public void Dispose()
    {
        Root.Dispose();
        Times?.Dispose();
    }
}
