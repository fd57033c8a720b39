using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>
/// Copies files onto a root file system as COPY does (dockerfile-language.md §3.5.2 and §3.5.5). The root is a writable view of
/// a snapshot in which nothing else runs. Directories that the copy only passes through or adds to keep their times, which
/// would otherwise carry the clock into the layer.
/// </summary>
internal sealed class TreeCopier(RootDirectory root, CopyRules rules, CancellationToken cancellationToken) : ICopier
{
    private readonly HardLinks hardLinks = new();
    private readonly DirectoryTimes times = new(root);

    public void Copy(SourceTree tree, SelectedSource source, byte[] destination, bool isDirectory, IReadOnlyList<string> excludes)
    {
        var target = LinkResolver.Resolve(root, destination);
        if (source.IsDirectory)
        {
            CopyContents(tree, source, target, excludes);
            return;
        }

        var path = FileTarget(target, source.Name, isDirectory);
        using var from = tree.Root.OpenParent(source.Path, out var name);
        using var to = OpenParentOf(path);
        CopyEntry(tree, new TreeEntry(from, name, source.Name, 0, tree.Timed(source.Path, source.Status)), to, GuestPath.Name(path), path);
    }

    public void CopyWithParents(SourceTree tree, KeptSource source, byte[] destination, IReadOnlyList<string> excludes)
    {
        var target = LinkResolver.Resolve(root, destination);
        foreach (var path in source.Steps())
        {
            using var from = tree.Root.OpenParent(path, out var name);
            using var to = root.OpenDirectory(target);
            var entry = new TreeEntry(from, name, path, 0, tree.Timed(path, from.Lstat(name)));
            var made = GuestPath.Join(target, name);
            if (entry.Status.Type != FileType.Directory)
            {
                times.Keep(target, to);
                CopyEntry(tree, entry, to, name, made);
                return;
            }

            (var entered, target) = MergeDirectory(tree, entry, to, made);
            entered.Dispose();
        }

        using var top = tree.Root.OpenDirectory(source.Path);
        CopyBelow(tree, source.Path, ContentDigester.WalkOf(tree, source, excludes), top, target);
    }

    public void Extract(SourceTree tree, SelectedSource source, byte[] destination)
    {
        MakeDirectory(destination);
        Complete();
        using var target = root.OpenRoot(destination);
        new ArchiveExtractor(target, rules.Owner, cancellationToken).Extract(tree.Root.OpenFile(source.Path));
    }

    public void Write(string name, ReadOnlySpan<byte> content, byte[] destination, bool isDirectory)
    {
        var target = LinkResolver.Resolve(root, destination);
        var path = FileTarget(target, Encoding.UTF8.GetBytes(name), isDirectory);
        using var to = OpenParentOf(path);
        var last = GuestPath.Name(path);
        MakeRoomFor(to, last, path);
        var status = new FileStatus { Type = FileType.Regular, Mode = 0x1a4, Modified = rules.NewDirectoryTime };
        using (var file = to.CreateFile(last))
        {
            RandomAccess.Write(file, content, 0);
        }

        Finish(to, last, status);
    }

    public void MakeDirectory(byte[] path)
    {
        var target = LinkResolver.Resolve(root, path);
        EnsureDirectory(target);
    }

    /// <summary>Gives touched directories their times back. Call it at the end, and before anything else writes to the root.</summary>
    public void Complete() => times.Restore();

    private void CopyContents(SourceTree tree, SelectedSource source, byte[] target, IReadOnlyList<string> excludes)
    {
        EnsureDirectory(target);
        if (source.Path.Length > 0)
        {
            // Of a directory's own metadata only the time is copied, and nothing of what is the whole of its tree (C10).
            times.Set(target, tree.Timed(source.Path, source.Status).Modified);
        }

        using var from = tree.Root.OpenDirectory(source.Path);
        CopyBelow(tree, source.Path, ContentDigester.WalkOf(tree, source, excludes), from, target);
    }

    private void CopyBelow(SourceTree tree, byte[] prefix, TreeWalk walk, DirectoryHandle from, byte[] target)
    {
        // The directories from the target down to where the walk is: the walk is depth first.
        var open = new Stack<(DirectoryHandle Handle, byte[] Path)>();
        open.Push((root.OpenDirectory(target), target));
        try
        {
            foreach (var walked in walk.Below(from))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var entry = tree.Timed(walked, prefix);
                while (open.Count > entry.Depth + 1)
                {
                    open.Pop().Handle.Dispose();
                }

                var (to, parent) = open.Peek();
                var path = GuestPath.Join(parent, entry.Name);
                if (entry.Status.Type == FileType.Directory)
                {
                    open.Push(MergeDirectory(tree, entry, to, path));
                }
                else
                {
                    times.Keep(parent, to);
                    CopyEntry(tree, entry, to, entry.Name, path);
                }
            }
        }
        finally
        {
            foreach (var (directory, _) in open)
            {
                directory.Dispose();
            }
        }
    }

    /// <summary>Makes or enters a directory; what is entered is told by its path without links, so that it has one name only.</summary>
    private (DirectoryHandle Handle, byte[] Path) MergeDirectory(SourceTree tree, in TreeEntry entry, DirectoryHandle to, byte[] path)
    {
        var existing = to.TryLstat(entry.Name);
        if (existing is { Type: FileType.SymbolicLink })
        {
            // A copied tree with "bin" onto a root where bin leads to usr/bin goes where the link leads.
            var target = LinkResolver.Resolve(root, path);
            if (IsDirectory(target))
            {
                return (root.OpenDirectory(target), target);
            }
        }

        if (existing is { } other && other.Type != FileType.Directory)
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"cannot copy to non-directory: /{GuestPath.ToText(path)}");
        }

        if (existing is null)
        {
            times.Keep(GuestPath.Parent(path), to);
            to.MakeDirectory(entry.Name, 0x1c0);
        }

        CopyMetadata(tree, entry, to, entry.Name);
        times.Set(path, entry.Status.Modified);
        return (to.OpenDirectory(entry.Name), path);
    }

    private void CopyEntry(SourceTree tree, in TreeEntry entry, DirectoryHandle to, byte[] name, byte[] path)
    {
        if (entry.Status.Type == FileType.Socket)
        {
            return;
        }

        if (entry.Status.IsWhiteoutDevice)
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"cannot copy /{GuestPath.ToText(path)}: a character device 0:0 would hide a file of the base");
        }

        MakeRoomFor(to, name, path);
        if (entry.Status.Links > 1 && hardLinks.EarlierCopy(entry.Status) is { } earlier)
        {
            using var directory = root.OpenParent(earlier, out var earlierName);
            directory.Link(earlierName, to, name);
            return;
        }

        switch (entry.Status.Type)
        {
            case FileType.Regular:
                using (var from = entry.Directory.OpenFile(entry.Name))
                using (var file = to.CreateFile(name))
                {
                    OpenedFiles.Copy(from, file, RandomAccess.GetLength(from));
                }

                break;
            case FileType.SymbolicLink:
                to.MakeSymlink(name, entry.Directory.ReadLink(entry.Name));
                break;
            default:
                to.MakeNode(name, entry.Status.Type, entry.Status.Mode, entry.Status.DeviceMajor, entry.Status.DeviceMinor);
                break;
        }

        CopyMetadata(tree, entry, to, name);
        to.SetTimes(name, entry.Status.Modified);
        if (entry.Status.Links > 1)
        {
            hardLinks.Remember(entry.Status, path);
        }
    }

    /// <summary>Owner before mode and capabilities, because the kernel takes both away when the owner changes.</summary>
    private void CopyMetadata(SourceTree tree, in TreeEntry entry, DirectoryHandle to, byte[] name)
    {
        var (uid, gid) = rules.OwnerOf(tree, entry.Status);
        to.SetOwner(name, uid, gid);
        foreach (var attribute in CopiedXattrs.Of(entry.Directory, entry.Name))
        {
            to.SetXattr(name, attribute, entry.Directory.GetXattr(entry.Name, attribute) ?? []);
        }

        if (entry.Status.Type != FileType.SymbolicLink)
        {
            to.SetMode(name, rules.ModeOf(tree, entry.Status));
        }
    }

    private void Finish(DirectoryHandle to, byte[] name, in FileStatus status)
    {
        var (uid, gid) = rules.NewDirectoryOwner;
        to.SetOwner(name, uid, gid);
        to.SetMode(name, rules.Changed(status.Mode, status.Type));
        to.SetTimes(name, status.Modified);
    }

    /// <summary>Where a file goes whose destination, without links, is perhaps a directory.</summary>
    private byte[] FileTarget(byte[] target, byte[] name, bool isDirectory)
    {
        var path = isDirectory || IsDirectory(target) ? LinkResolver.Resolve(root, GuestPath.Join(target, name)) : target;
        return path.Length > 0 ? path : throw NoFileHere(path);
    }

    private void MakeRoomFor(DirectoryHandle to, byte[] name, byte[] path)
    {
        switch (to.TryLstat(name))
        {
            case null:
                return;
            case { Type: FileType.Directory }:
                throw NoFileHere(path);
            default:
                to.Unlink(name);
                hardLinks.Forget(path);
                return;
        }
    }

    internal static BuilderException NoFileHere(byte[] path) =>
        new(EngineErrors.CopyConflict, $"cannot replace to directory /{GuestPath.ToText(path)} with file");

    internal static BuilderException NoDirectory(byte[] path, byte[] existing) =>
        new(EngineErrors.CopyConflict, $"mkdir /{GuestPath.ToText(path)}: /{GuestPath.ToText(existing)} is not a directory");

    private DirectoryHandle OpenParentOf(byte[] path)
    {
        var parent = GuestPath.Parent(path);
        EnsureDirectory(parent);
        var opened = root.OpenDirectory(parent);
        times.Keep(parent, opened);
        return opened;
    }

    private void EnsureDirectory(byte[] path)
    {
        var existing = path;
        FileStatus? status;
        while ((status = root.TryLstat(existing)) is null)
        {
            existing = GuestPath.Parent(existing);
        }

        if (status.Value.Type != FileType.Directory)
        {
            throw NoDirectory(path, existing);
        }

        times.KeepAbove(path);

        var (uid, gid) = rules.NewDirectoryOwner;
        foreach (var made in root.MakeDirectories(path, rules.NewDirectoryMode, uid, gid))
        {
            times.Set(made, rules.NewDirectoryTime);
        }
    }

    private bool IsDirectory(byte[] path) => root.TryLstat(path) is { Type: FileType.Directory };
}
