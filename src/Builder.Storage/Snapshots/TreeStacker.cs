using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Isolation;
using Builder.Storage.Layers;

namespace Builder.Storage.Snapshots;

/// <summary>
/// Does by copying what overlayfs does by looking: lays trees on top of one another in a folder, the lowest first. Contents
/// share their blocks where the file system can. What a container would see is the same: owners, modes, times to the
/// nanosecond, attributes, hard links within a tree.
/// </summary>
internal sealed class TreeStacker(DirectoryHandle target, OverlayMarks marks, CancellationToken cancellationToken)
{
    // The first name of each file that has several, as the names on the way to it.
    private readonly Dictionary<(ulong FileSystem, ulong Inode), List<byte[]>> firstNames = [];
    private readonly List<byte[]> path = [];

    /// <summary>Lays a tree, in overlayfs' form or whole, on top of what is there.</summary>
    internal void Add(DirectoryHandle tree)
    {
        firstNames.Clear();
        AddDirectory(tree, target);
    }

    private void AddDirectory(DirectoryHandle from, DirectoryHandle to)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var item in from.ReadSorted())
        {
            var status = from.Lstat(item.Name);
            var xattrs = from.ListXattrs(item.Name);
            if (marks.IsWhiteout(status, xattrs))
            {
                to.RemoveTree(item.Name);
            }
            else if (status.Type == FileType.Directory)
            {
                AddChild(from, to, item.Name, status, xattrs);
            }
            else
            {
                to.RemoveTree(item.Name);
                AddFile(from, to, item.Name, status, xattrs);
            }
        }
    }

    private void AddChild(DirectoryHandle from, DirectoryHandle to, byte[] name, in FileStatus status, IReadOnlyList<byte[]> xattrs)
    {
        var merges = to.TryLstat(name) is { Type: FileType.Directory } && !marks.IsOpaque(from, name);
        if (!merges)
        {
            to.RemoveTree(name);
            to.MakeDirectory(name, status.Mode);
        }

        path.Add(name);
        using (var inner = from.OpenDirectory(name))
        using (var made = to.OpenDirectory(name))
        {
            AddDirectory(inner, made);
        }

        path.RemoveAt(path.Count - 1);
        CopyMetadata(from, to, name, status, xattrs);
    }

    private void AddFile(DirectoryHandle from, DirectoryHandle to, byte[] name, in FileStatus status, IReadOnlyList<byte[]> xattrs)
    {
        if (status.Links > 1 && !firstNames.TryAdd((status.FileSystem, status.Inode), [.. path, name]))
        {
            LinkToFirst(firstNames[(status.FileSystem, status.Inode)], to, name);
            return;
        }

        switch (status.Type)
        {
            case FileType.Regular:
                using (var content = from.OpenFile(name, status))
                using (var copy = to.CreateFile(name))
                {
                    OpenedFiles.Copy(content, copy, status.Size);
                }

                break;
            case FileType.SymbolicLink:
                to.MakeSymlink(name, from.ReadLink(name));
                break;
            case FileType.CharacterDevice or FileType.BlockDevice when !UserNamespace.Current.IsInitial:
                // No device can be made here, so there was none to copy that anybody could open.
                return;
            case FileType.Socket:
                return;
            default:
                to.MakeNode(name, status.Type, status.Mode, status.DeviceMajor, status.DeviceMinor);
                break;
        }

        CopyMetadata(from, to, name, status, xattrs);
    }

    private void LinkToFirst(List<byte[]> first, DirectoryHandle to, byte[] name)
    {
        var directory = target.Duplicate();
        try
        {
            foreach (var step in first.SkipLast(1))
            {
                var next = directory.OpenDirectory(step);
                directory.Dispose();
                directory = next;
            }

            directory.Link(first[^1], to, name);
        }
        finally
        {
            directory.Dispose();
        }
    }

    /// <summary>Owner, attributes, mode, time, for the reasons that <see cref="FileMetadata"/> gives.</summary>
    private static void CopyMetadata(DirectoryHandle from, DirectoryHandle to, byte[] name, in FileStatus status, IReadOnlyList<byte[]> xattrs)
    {
        to.SetOwner(name, status.UserId, status.GroupId);
        foreach (var xattr in xattrs.Where(IsVisible))
        {
            try
            {
                to.SetXattr(name, xattr, from.GetXattr(name, xattr) ?? []);
            }
            catch (LinuxException e) when (e.Errno is Errno.ENOTSUP or Errno.EPERM)
            {
                // What this place cannot hold was not there before either, but for labels that the kernel sets itself.
            }
        }

        if (status.Type != FileType.SymbolicLink)
        {
            to.SetMode(name, status.Mode);
        }

        to.SetTimes(name, status.Modified);
    }

    private static bool IsVisible(byte[] xattr) =>
        !xattr.AsSpan().StartsWith("trusted."u8) && !xattr.AsSpan().StartsWith(OverlayMarks.UserPrefix) && !xattr.AsSpan().SequenceEqual("security.selinux"u8);
}
