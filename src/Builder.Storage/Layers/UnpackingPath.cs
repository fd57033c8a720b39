using Builder.Linux.Files;

namespace Builder.Storage.Layers;

/// <summary>
/// Where the unpacking is: the chain of real directories from the layer's root to the current one. Moving keeps what two
/// paths share, so a sorted archive costs a step or two an entry. Links on the way are followed by hand as a process with
/// this root would (<c>..</c> stops at the root), so nothing outside can be reached; missing directories are made, looking
/// like those below if there are any.
/// </summary>
internal sealed class UnpackingPath(UnpackedDirectory root, OverlayMarks marks, DirectoryTimes times) : IDisposable
{
    private const int MaxLinks = 40;
    private const uint DefaultMode = 0x1ed;
    private readonly List<(byte[] Name, UnpackedDirectory Directory)> chain = [];

    internal UnpackedDirectory Current => chain.Count == 0 ? root : chain[^1].Directory;

    /// <summary>The names from the root to <see cref="Current"/>.</summary>
    internal IEnumerable<byte[]> Names => chain.Select(link => link.Name);

    /// <summary>Goes to a directory, following links to directories.</summary>
    internal void Enter(IReadOnlyList<byte[]> path) => Enter(path, followLinks: true);

    /// <summary>Goes to a directory whose path must consist of directories.</summary>
    internal void EnterWithoutLinks(IReadOnlyList<byte[]> path) => Enter(path, followLinks: false);

    /// <summary>The current directory has become opaque: nothing below shows through any more.</summary>
    internal void ForgetLower()
    {
        if (chain.Count > 0)
        {
            var (name, directory) = chain[^1];
            using (directory)
            {
                chain[^1] = (name, new UnpackedDirectory(directory.Upper.Duplicate(), null, LowerKnowledge.Absent));
            }
        }
    }

    public void Dispose()
    {
        Return(0);
        root.Dispose();
    }

    private void Enter(IReadOnlyList<byte[]> path, bool followLinks)
    {
        var shared = 0;
        while (shared < chain.Count && shared < path.Count && chain[shared].Name.AsSpan().SequenceEqual(path[shared]))
        {
            shared++;
        }

        Return(shared);
        var remaining = new Stack<byte[]>(path.Skip(shared).Reverse());
        for (var links = 0; remaining.TryPop(out var name);)
        {
            if (name.AsSpan().SequenceEqual(".."u8))
            {
                Return(Math.Max(0, chain.Count - 1));
            }
            else if (Step(name) is { } target)
            {
                if (!followLinks || ++links > MaxLinks)
                {
                    throw LayerErrors.Invalid(name, followLinks ? "is reached through too many symbolic links" : "is a symbolic link on the way to a hard link's target");
                }

                Redirect(target, remaining);
            }
        }
    }

    /// <summary>Goes one directory down; null, or the target when the name is a symbolic link.</summary>
    private byte[]? Step(byte[] name)
    {
        var upper = Current.Upper.TryLstat(name);
        var gone = upper is { IsWhiteoutDevice: true };
        switch (upper)
        {
            case { Type: FileType.Directory }:
                break;
            case { Type: FileType.SymbolicLink }:
                return Current.Upper.ReadLink(name);
            case null or { IsWhiteoutDevice: true }:
                var below = gone ? null : Current.LowerStatus(name);
                if (below is { Type: FileType.SymbolicLink })
                {
                    return Current.Lower!.ReadLink(name);
                }

                if (below is { Type: not FileType.Directory })
                {
                    throw LayerErrors.Invalid(name, "is a file of a lower layer where a directory is needed");
                }

                MakeMissing(name, below, gone);
                break;
            default:
                throw LayerErrors.Invalid(name, "is not a directory, and something is to be put into it");
        }

        chain.Add((name, Current.Open(name, marks)));
        return null;
    }

    private void MakeMissing(byte[] name, FileStatus? below, bool gone)
    {
        var upper = Current.Upper;
        if (gone)
        {
            upper.Unlink(name);
        }

        upper.MakeDirectory(name, DefaultMode);
        if (gone)
        {
            marks.SetOpaque(upper, name);
        }

        if (below is { } model)
        {
            FileMetadata.CopyUp(Current.Lower!, upper, name, model);
        }

        times.Set([.. Names, name], below?.Modified ?? default);
    }

    private void Redirect(byte[] target, Stack<byte[]> remaining)
    {
        if (target is [(byte)'/', ..])
        {
            Return(0);
        }

        var components = new List<byte[]>();
        foreach (var range in target.AsSpan().Split((byte)'/'))
        {
            var component = target.AsSpan()[range];
            if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                components.Add(component.ToArray());
            }
        }

        for (var i = components.Count - 1; i >= 0; i--)
        {
            remaining.Push(components[i]);
        }
    }

    private void Return(int depth)
    {
        for (var i = chain.Count - 1; i >= depth; i--)
        {
            chain[i].Directory.Dispose();
            chain.RemoveAt(i);
        }
    }
}
