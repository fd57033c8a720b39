using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Engine.Deferring;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Storage.Layers.Indexing;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>Lists what an archive holds below a directory of a tree that is not unpacked, as <see cref="ArchiveExtractor"/> extracts it.</summary>
/// <param name="spool">Keeps the contents: an archive can be read in its own order only.</param>
internal sealed class LayerExtractor(LayerPaths destination, (uint Uid, uint Gid)? owner, SpooledFile spool, CancellationToken cancellationToken)
{
    private IndexedTree Tree => destination.Tree;

    /// <summary>Lists a file's entries; it is closed afterwards.</summary>
    public void Extract(SafeFileHandle file)
    {
        using var compressed = new FileStream(file, FileAccess.Read);
        using var stream = Decompressor.Open(compressed);
        using var reader = new TarReader(stream);
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Extract(entry, reader);
        }
    }

    private void Extract(TarEntry entry, TarReader reader)
    {
        var path = ArchiveExtractor.Clean(entry.Name.Span);
        if (path.Length == 0)
        {
            return;
        }

        var directory = destination.EnsureDirectory(
            destination.Resolve(GuestPath.Parent(path)),
            new FileFacts { Type = FileType.Directory, Mode = 0x1ed, UserId = owner?.Uid ?? 0, GroupId = owner?.Gid ?? 0, Modified = entry.ModifiedSeconds },
            existing => new LinuxException("mkdirat", GuestPath.ToText(existing), Errno.ENOTDIR));
        var name = GuestPath.Name(path);
        var existing = directory.Find(name);
        if (entry.Kind == TarEntryKind.Directory)
        {
            MakeDirectory(entry, directory, name, path, existing);
            return;
        }

        if (existing is { Facts.IsDirectory: true })
        {
            throw new BuilderException(EngineErrors.CopyConflict, $"cannot replace to directory {GuestPath.ToText(path)} with file");
        }

        if (existing is not null)
        {
            Tree.Remove(existing);
        }

        if (entry.Kind == TarEntryKind.HardLink)
        {
            var target = ArchiveExtractor.Clean(entry.LinkName.Span);
            var found = destination.Find(destination.Resolve(GuestPath.Parent(target)))?.Find(GuestPath.Name(target));
            Tree.Link(found is { Facts.IsDirectory: false } ? found : throw ArchiveExtractor.NoLinkTarget(entry), directory, name);
            return;
        }

        Tree.Add(directory, name, FactsOf(entry, reader));
    }

    private void MakeDirectory(TarEntry entry, IndexedNode directory, byte[] name, byte[] path, IndexedNode? existing)
    {
        if (existing is { Facts.Type: FileType.SymbolicLink } && destination.Find(destination.Resolve(path)) is { Facts.IsDirectory: true })
        {
            return;
        }

        if (existing is { Facts.IsDirectory: false })
        {
            Tree.Remove(existing);
            existing = null;
        }

        var facts = FactsOf(entry, null);
        if (existing is null)
        {
            Tree.Add(directory, name, facts);
        }
        else
        {
            IndexedTree.Change(existing, facts with { Xattrs = LayerCopier.Union(existing.Facts.Xattrs, facts.Xattrs) });
        }
    }

    private FileFacts FactsOf(TarEntry entry, TarReader? reader)
    {
        var (uid, gid) = owner ?? (ArchiveExtractor.IdOf(entry, entry.UserId), ArchiveExtractor.IdOf(entry, entry.GroupId));
        var type = entry.Kind switch
        {
            TarEntryKind.Directory => FileType.Directory,
            TarEntryKind.File => FileType.Regular,
            TarEntryKind.SymbolicLink => FileType.SymbolicLink,
            TarEntryKind.CharacterDevice when entry is { DeviceMajor: 0, DeviceMinor: 0 } => throw ArchiveExtractor.HidingDevice(entry),
            TarEntryKind.CharacterDevice => FileType.CharacterDevice,
            TarEntryKind.BlockDevice => FileType.BlockDevice,
            _ => FileType.Fifo,
        };
        return new FileFacts
        {
            Type = type,
            Mode = type == FileType.SymbolicLink ? FileFacts.LinkMode : entry.Mode,
            UserId = uid,
            GroupId = gid,
            Modified = entry.ModifiedSeconds,
            Size = entry.Size,
            LinkTarget = type == FileType.SymbolicLink ? entry.LinkName.ToArray() : default(ReadOnlyMemory<byte>),
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
            Xattrs = FileFacts.XattrsOf(entry, type),
            Content = entry.Size > 0 ? spool.Keep(entry.Size, stream => reader!.Content.CopyTo(stream)) : null,
        };
    }
}
