using System.Buffers;
using Builder.Archives.Tar;
using Builder.Engine.Copying;
using Builder.Linux.Files;

namespace Builder.Engine.Exporters;

/// <summary>A whole file system as one tar: what <c>docker export</c> writes. The bytes depend on the files alone.</summary>
internal static class TreeTar
{
    /// <param name="name">What the root itself is called in the archive; null for a root that has no entry.</param>
    public static void Write(RootDirectory root, Stream destination, CancellationToken cancellationToken, byte[]? name = null)
    {
        using var tar = new TarWriter(destination);
        Add(tar, root, name, cancellationToken);
        tar.Finish();
    }

    /// <summary>Several file systems, each in a folder of its name.</summary>
    public static void WriteAll(IEnumerable<(byte[] Name, Func<RootDirectory> Open)> trees, Stream destination, CancellationToken cancellationToken)
    {
        using var tar = new TarWriter(destination);
        foreach (var (name, open) in trees)
        {
            using var root = open();
            Add(tar, root, name, cancellationToken);
        }

        tar.Finish();
    }

    private static void Add(TarWriter tar, RootDirectory root, byte[]? name, CancellationToken cancellationToken)
    {
        using var top = root.OpenDirectory([]);
        if (name is { Length: > 0 })
        {
            tar.WriteEntry(HeaderOf(new TreeEntry(top, DirectoryHandle.Self.ToArray(), name, 0, top.Lstat(DirectoryHandle.Self))));
        }

        var links = new Dictionary<(ulong, ulong), byte[]>();
        foreach (var entry in new TreeWalk(null, "", null).Below(top))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Status.Type == FileType.Socket)
            {
                continue;
            }

            var header = HeaderOf(name is null ? entry : entry with { Path = GuestPath.Join(name, entry.Path) });
            if (entry.Status is { Links: > 1, Type: not FileType.Directory } && !links.TryAdd((entry.Status.FileSystem, entry.Status.Inode), header.Name.ToArray()))
            {
                tar.WriteEntry(header with { Kind = TarEntryKind.HardLink, Size = 0, LinkName = links[(entry.Status.FileSystem, entry.Status.Inode)], Xattrs = [] });
                continue;
            }

            tar.WriteEntry(header);
            if (entry.Status.Type == FileType.Regular)
            {
                WriteContent(entry, tar);
            }
        }
    }

    /// <summary>A single file, under another name.</summary>
    public static void WriteFile(DirectoryHandle directory, byte[] file, byte[] name, Stream destination)
    {
        using var tar = new TarWriter(destination);
        var entry = new TreeEntry(directory, file, name, 0, directory.Lstat(file));
        if (entry.Status.Type != FileType.Socket)
        {
            tar.WriteEntry(HeaderOf(entry));
            if (entry.Status.Type == FileType.Regular)
            {
                WriteContent(entry, tar);
            }
        }

        tar.Finish();
    }

    private static TarEntry HeaderOf(in TreeEntry entry)
    {
        var (directory, name, status) = (entry.Directory, entry.Name, entry.Status);
        return new TarEntry
        {
            Name = entry.Path,
            Kind = status.Type switch
            {
                FileType.Regular => TarEntryKind.File,
                FileType.Directory => TarEntryKind.Directory,
                FileType.SymbolicLink => TarEntryKind.SymbolicLink,
                FileType.CharacterDevice => TarEntryKind.CharacterDevice,
                FileType.BlockDevice => TarEntryKind.BlockDevice,
                FileType.Fifo => TarEntryKind.Fifo,
                var other => throw new InvalidOperationException($"a {other} has no place in a tar"),
            },
            Mode = status.Type == FileType.SymbolicLink ? 0x1ff : status.Mode,
            UserId = status.UserId,
            GroupId = status.GroupId,
            Size = status.Type == FileType.Regular ? status.Size : 0,
            ModifiedSeconds = status.Modified.Seconds,
            LinkName = status.Type == FileType.SymbolicLink ? directory.ReadLink(name) : default(ReadOnlyMemory<byte>),
            DeviceMajor = status.DeviceMajor,
            DeviceMinor = status.DeviceMinor,
            Xattrs = [.. CopiedXattrs.Of(directory, name).Select(attribute => new TarXattr(attribute, directory.GetXattr(name, attribute) ?? []))],
        };
    }

    private static void WriteContent(in TreeEntry entry, TarWriter tar)
    {
        using var file = entry.Directory.OpenFile(entry.Name);
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long offset = 0;
            for (int count; (count = RandomAccess.Read(file, buffer, offset)) > 0; offset += count)
            {
                tar.Write(buffer.AsSpan(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
