using System.Text;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Engine.Deferring;
using Builder.Linux.Files;
using Builder.Storage.Layers.Indexing;

namespace Builder.Engine.Copying;

/// <summary>
/// Does what <see cref="TreeCopier"/> does without a root to do it in: of the root only the headers of its layers are known, and
/// files are only listed, to be read when the layer is written. What comes out is the same layer.
/// </summary>
/// <param name="temporary">Gives paths for what has to be kept until the layer is written.</param>
internal sealed class LayerCopier(IndexedTree target, CopyRules rules, Func<string> temporary, CancellationToken cancellationToken) : ICopier, IDisposable
{
    private readonly LayerPaths paths = new(target, target.Root);
    private readonly Dictionary<(ulong FileSystem, ulong Inode), IndexedNode> copies = [];
    private readonly List<IDisposable> held = [];

    public void Copy(SourceTree tree, SelectedSource source, byte[] destination, bool isDirectory, IReadOnlyList<string> excludes)
    {
        var resolved = paths.Resolve(destination);
        var files = FilesOf(tree);
        if (source.IsDirectory)
        {
            var top = EnsureDirectory(resolved);
            if (source.Path.Length > 0 && top != target.Root)
            {
                // Of a directory's own metadata only the time is copied, and nothing of what is the whole of its tree (C10).
                IndexedTree.Change(top, top.Facts with { Modified = tree.Timed(source.Path, source.Status).Modified.Seconds });
            }

            using var below = tree.Root.OpenDirectory(source.Path);
            CopyBelow(tree, files, source.Path, ContentDigester.WalkOf(tree, source, excludes), below, top);
            return;
        }

        var path = FileTarget(resolved, source.Name, isDirectory);
        using var from = tree.Root.OpenParent(source.Path, out var name);
        var entry = new TreeEntry(from, name, source.Name, 0, tree.Timed(source.Path, source.Status));
        CopyEntry(tree, files, entry, GuestPath.Parent(source.Path), EnsureDirectory(GuestPath.Parent(path)), GuestPath.Name(path));
    }

    public void CopyWithParents(SourceTree tree, KeptSource source, byte[] destination, IReadOnlyList<string> excludes)
    {
        var directory = paths.Find(paths.Resolve(destination))!;
        var files = FilesOf(tree);
        foreach (var path in source.Steps())
        {
            using var from = tree.Root.OpenParent(path, out var name);
            var entry = new TreeEntry(from, name, path, 0, tree.Timed(path, from.Lstat(name)));
            if (entry.Status.Type != FileType.Directory)
            {
                CopyEntry(tree, files, entry, GuestPath.Parent(path), directory, name);
                return;
            }

            directory = MergeDirectory(tree, entry, directory);
        }

        using var top = tree.Root.OpenDirectory(source.Path);
        CopyBelow(tree, files, source.Path, ContentDigester.WalkOf(tree, source, excludes), top, directory);
    }

    public void Extract(SourceTree tree, SelectedSource source, byte[] destination)
    {
        MakeDirectory(destination);
        var spool = new SpooledFile(temporary());
        held.Add(spool);
        new LayerExtractor(new LayerPaths(target, paths.Find(paths.Resolve(destination))!), rules.Owner, spool, cancellationToken).Extract(tree.Root.OpenFile(source.Path));
    }

    public void Write(string name, ReadOnlySpan<byte> content, byte[] destination, bool isDirectory)
    {
        var path = FileTarget(paths.Resolve(destination), Encoding.UTF8.GetBytes(name), isDirectory);
        var (uid, gid) = rules.NewDirectoryOwner;
        var parent = EnsureDirectory(GuestPath.Parent(path));
        var last = GuestPath.Name(path);
        MakeRoomFor(parent, last);
        target.Add(parent, last, new FileFacts
        {
            Type = FileType.Regular,
            Mode = rules.Changed(0x1a4, FileType.Regular),
            UserId = uid,
            GroupId = gid,
            Modified = rules.NewDirectoryTime.Seconds,
            Size = content.Length,
            Content = new MemoryContent(content.ToArray()),
        });
    }

    public void MakeDirectory(byte[] path) => EnsureDirectory(paths.Resolve(path));

    /// <summary>Nothing has to be put right: no time here is the clock's.</summary>
    public void Complete()
    {
    }

    /// <summary>Call it when the layer has been written.</summary>
    public void Dispose() => held.ForEach(each => each.Dispose());

    private SourceFiles FilesOf(SourceTree tree)
    {
        var files = new SourceFiles(tree);
        held.Add(files);
        return files;
    }

    private void CopyBelow(SourceTree tree, SourceFiles files, byte[] prefix, TreeWalk walk, DirectoryHandle from, IndexedNode top)
    {
        // The directories from the target down to where the walk is: the walk is depth first.
        var open = new Stack<IndexedNode>([top]);
        foreach (var walked in walk.Below(from))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = tree.Timed(walked, prefix);
            while (open.Count > entry.Depth + 1)
            {
                open.Pop();
            }

            if (entry.Status.Type == FileType.Directory)
            {
                open.Push(MergeDirectory(tree, entry, open.Peek()));
            }
            else
            {
                CopyEntry(tree, files, entry, GuestPath.Parent(GuestPath.Join(prefix, entry.Path)), open.Peek(), entry.Name);
            }
        }
    }

    /// <summary>Makes or enters a directory.</summary>
    private IndexedNode MergeDirectory(SourceTree tree, in TreeEntry entry, IndexedNode parent)
    {
        var existing = parent.Find(entry.Name);
        if (existing is { Facts.Type: FileType.SymbolicLink } && paths.Find(paths.Resolve(IndexedTree.PathOf(existing))) is { Facts.IsDirectory: true } real)
        {
            // A copied tree with "bin" onto a root where bin leads to usr/bin goes where the link leads.
            return real;
        }

        var facts = FactsOf(tree, entry);
        if (existing is null)
        {
            return target.Add(parent, entry.Name, facts);
        }

        if (!existing.Facts.IsDirectory)
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"cannot copy to non-directory: /{GuestPath.ToText(IndexedTree.PathOf(existing))}");
        }

        IndexedTree.Change(existing, facts with { Xattrs = Union(existing.Facts.Xattrs, facts.Xattrs) });
        return existing;
    }

    /// <param name="directory">Where in the source the entry is.</param>
    private void CopyEntry(SourceTree tree, SourceFiles files, in TreeEntry entry, byte[] directory, IndexedNode parent, byte[] name)
    {
        if (entry.Status.Type == FileType.Socket)
        {
            return;
        }

        if (entry.Status.IsWhiteoutDevice)
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"cannot copy /{GuestPath.ToText(GuestPath.Join(IndexedTree.PathOf(parent), name))}: a character device 0:0 would hide a file of the base");
        }

        MakeRoomFor(parent, name);
        var identity = (entry.Status.FileSystem, entry.Status.Inode);
        if (entry.Status.Links > 1 && copies.TryGetValue(identity, out var earlier) && IndexedTree.IsThere(earlier))
        {
            target.Link(earlier, parent, name);
            return;
        }

        var facts = FactsOf(tree, entry);
        if (facts.Size > 0)
        {
            var (source, seen) = (entry.Name, entry.Status);
            facts = facts with { Content = new HostContent(() => files.Open(directory, source, seen)) };
        }

        var made = target.Add(parent, name, facts);
        if (entry.Status.Links > 1)
        {
            copies[identity] = made;
        }
    }

    private FileFacts FactsOf(SourceTree tree, in TreeEntry entry)
    {
        var (uid, gid) = rules.OwnerOf(tree, entry.Status);
        var type = entry.Status.Type;
        return new FileFacts
        {
            Type = type,
            Mode = type == FileType.SymbolicLink ? FileFacts.LinkMode : rules.ModeOf(tree, entry.Status),
            UserId = uid,
            GroupId = gid,
            Modified = entry.Status.Modified.Seconds,
            Size = type == FileType.Regular ? entry.Status.Size : 0,
            LinkTarget = type == FileType.SymbolicLink ? entry.Directory.ReadLink(entry.Name) : default(ReadOnlyMemory<byte>),
            DeviceMajor = type is FileType.CharacterDevice or FileType.BlockDevice ? entry.Status.DeviceMajor : 0,
            DeviceMinor = type is FileType.CharacterDevice or FileType.BlockDevice ? entry.Status.DeviceMinor : 0,
            Xattrs = FileFacts.XattrsOf(entry.Directory, entry.Name),
        };
    }

    internal static IReadOnlyList<TarXattr> Union(IReadOnlyList<TarXattr> old, IReadOnlyList<TarXattr> changed) => changed.Count == 0 ? old :
    [
        .. old.Where(attribute => !changed.Any(other => other.Name.Span.SequenceEqual(attribute.Name.Span))).Concat(changed)
            .OrderBy(attribute => attribute.Name, Comparer<ReadOnlyMemory<byte>>.Create((a, b) => a.Span.SequenceCompareTo(b.Span))),
    ];

    /// <summary>Where a file goes whose destination, without links, is perhaps a directory.</summary>
    private byte[] FileTarget(byte[] resolved, byte[] name, bool isDirectory)
    {
        var path = isDirectory || paths.Find(resolved) is { Facts.IsDirectory: true } ? paths.Resolve(GuestPath.Join(resolved, name)) : resolved;
        return path.Length > 0 ? path : throw TreeCopier.NoFileHere(path);
    }

    private void MakeRoomFor(IndexedNode parent, byte[] name)
    {
        if (parent.Find(name) is { } existing)
        {
            if (existing.Facts.IsDirectory)
            {
                throw TreeCopier.NoFileHere(IndexedTree.PathOf(existing));
            }

            target.Remove(existing);
        }
    }

    private IndexedNode EnsureDirectory(byte[] path)
    {
        var (uid, gid) = rules.NewDirectoryOwner;
        var facts = new FileFacts { Type = FileType.Directory, Mode = rules.NewDirectoryMode, UserId = uid, GroupId = gid, Modified = rules.NewDirectoryTime.Seconds };
        return paths.EnsureDirectory(path, facts, existing => TreeCopier.NoDirectory(path, existing));
    }
}
