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

    public void Dispose() => Root.Dispose();
}
