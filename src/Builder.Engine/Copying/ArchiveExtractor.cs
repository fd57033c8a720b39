using System.Buffers;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>
/// Extracts an archive into a directory of a root, as ADD does with local tars (dockerfile-language.md G1, G2). Names come from
/// outside: each is resolved with the destination as its root, so neither <c>..</c> nor a link made by an earlier entry
/// leads out of it.
/// </summary>
internal sealed class ArchiveExtractor(RootDirectory destination, (uint Uid, uint Gid)? owner, CancellationToken cancellationToken)
{
    private readonly DirectoryTimes times = new(destination);

    /// <summary>Whether a file, which is closed afterwards, is a tar, perhaps compressed. Its content decides, never its name.</summary>
    public static bool IsArchive(SafeFileHandle file)
    {
        try
        {
            using var stream = Decompressor.Open(new FileStream(file, FileAccess.Read));
            using var reader = new TarReader(stream);
            return reader.Next() is not null;
        }
        catch (BuilderException)
        {
            return false;
        }
    }

    /// <summary>When the newest regular file in an archive was changed. The archive's file is closed afterwards.</summary>
    /// <param name="maxContent">The most bytes that may come out of the compression.</param>
    /// <returns>Seconds since 1970; null for what is no archive as a whole, or has no regular file.</returns>
    public static long? NewestFile(SafeFileHandle file, long maxContent, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = Decompressor.Open(new FileStream(file, FileAccess.Read), maxContent);
            using var reader = new TarReader(stream);
            long? newest = null;
            while (reader.Next() is { } entry)
            {
                cancellationToken.ThrowIfCancellationRequested();
                newest = entry.Kind == TarEntryKind.File ? Math.Max(newest ?? long.MinValue, entry.ModifiedSeconds) : newest;
            }

            return newest;
        }
        catch (BuilderException)
        {
            return null;
        }
    }

    /// <summary>Extracts a file, which is closed afterwards.</summary>
    public void Extract(SafeFileHandle file)
    {
        using var compressed = new FileStream(file, FileAccess.Read);
        Extract(compressed);
    }

    /// <summary>Extracts a stream, compressed or not.</summary>
    /// <param name="maxContent">The most bytes that may come out of the compression; null for any number.</param>
    /// <returns>When the youngest regular file of the archive was changed, in seconds since 1970; null without any.</returns>
    public long? Extract(Stream archive, long? maxContent = null)
    {
        using var stream = Decompressor.Open(archive, maxContent);
        using var reader = new TarReader(stream);
        long? youngest = null;
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Extract(entry, reader);
            youngest = entry.Kind == TarEntryKind.File ? Math.Max(youngest ?? long.MinValue, entry.ModifiedSeconds) : youngest;
        }

        times.Restore();
        return youngest;
    }

    private void Extract(TarEntry entry, TarReader reader)
    {
        var path = Clean(entry.Name.Span);
        if (path.Length == 0)
        {
            return;
        }

        var parent = LinkResolver.Resolve(destination, GuestPath.Parent(path));
        times.KeepAbove(parent);
        foreach (var made in destination.MakeDirectories(parent, 0x1ed, owner?.Uid ?? 0, owner?.Gid ?? 0))
        {
            times.Set(made, new FileTime(entry.ModifiedSeconds));
        }

        using var directory = destination.OpenDirectory(parent);
        times.Keep(parent, directory);
        var name = GuestPath.Name(path);
        var existing = directory.TryLstat(name);
        if (entry.Kind == TarEntryKind.Directory)
        {
            if (existing is { Type: FileType.SymbolicLink } && destination.TryStat(path) is { Type: FileType.Directory })
            {
                return;
            }

            if (existing is { } other && other.Type != FileType.Directory)
            {
                directory.Unlink(name);
                existing = null;
            }

            if (existing is null)
            {
                directory.MakeDirectory(name, 0x1c0);
            }
        }
        else
        {
            if (existing is { Type: FileType.Directory })
            {
                throw new BuilderException(EngineErrors.CopyConflict, $"cannot replace to directory {GuestPath.ToText(path)} with file");
            }

            if (existing is not null)
            {
                directory.Unlink(name);
            }

            Make(entry, reader, directory, name);
        }

        if (entry.Kind == TarEntryKind.HardLink)
        {
            return;
        }

        SetMetadata(entry, directory, name);
        if (entry.Kind == TarEntryKind.Directory)
        {
            times.Set(GuestPath.Join(parent, name), new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds));
        }
        else
        {
            directory.SetTimes(name, new FileTime(entry.ModifiedSeconds, entry.ModifiedNanoseconds));
        }
    }

    private void Make(TarEntry entry, TarReader reader, DirectoryHandle directory, byte[] name)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.File:
                using (var file = directory.CreateFile(name))
                {
                    CopyContent(reader, file);
                }

                break;
            case TarEntryKind.HardLink:
                var target = Clean(entry.LinkName.Span);
                if (destination.TryLstat(target) is not { } status || status.Type == FileType.Directory)
                {
                    throw NoLinkTarget(entry);
                }

                using (var from = destination.OpenParent(target, out var targetName))
                {
                    from.Link(targetName, directory, name);
                }

                break;
            case TarEntryKind.SymbolicLink:
                directory.MakeSymlink(name, entry.LinkName.Span);
                break;
            case TarEntryKind.CharacterDevice when entry is { DeviceMajor: 0, DeviceMinor: 0 }:
                throw HidingDevice(entry);
            default:
                var type = entry.Kind switch
                {
                    TarEntryKind.CharacterDevice => FileType.CharacterDevice,
                    TarEntryKind.BlockDevice => FileType.BlockDevice,
                    _ => FileType.Fifo,
                };
                directory.MakeNode(name, type, entry.Mode, entry.DeviceMajor, entry.DeviceMinor);
                break;
        }
    }

    private void SetMetadata(TarEntry entry, DirectoryHandle directory, byte[] name)
    {
        var (uid, gid) = owner ?? (IdOf(entry, entry.UserId), IdOf(entry, entry.GroupId));
        directory.SetOwner(name, uid, gid);
        foreach (var attribute in entry.Xattrs.Where(attribute => CopiedXattrs.IsCopied(attribute.Name.Span)))
        {
            directory.SetXattr(name, attribute.Name.Span, attribute.Value.Span);
        }

        if (entry.Kind != TarEntryKind.SymbolicLink)
        {
            directory.SetMode(name, entry.Mode);
        }
    }

    internal static BuilderException NoLinkTarget(TarEntry entry) =>
        new(EngineErrors.BadArchive, $"the hard link {GuestPath.ToText(entry.Name.Span)} names {GuestPath.ToText(entry.LinkName.Span)}, which is not in the archive before it");

    internal static BuilderException HidingDevice(TarEntry entry) =>
        new(EngineErrors.BadArchive, $"{GuestPath.ToText(entry.Name.Span)} is a character device 0:0, which would hide a file of the base");

    internal static uint IdOf(TarEntry entry, long id) =>
        id is >= 0 and < uint.MaxValue
            ? (uint)id
            : throw new BuilderException(EngineErrors.BadArchive, $"{GuestPath.ToText(entry.Name.Span)} belongs to {id}, which is no user or group id");

    private static void CopyContent(TarReader reader, SafeFileHandle file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            long offset = 0;
            for (int count; (count = reader.Read(buffer)) > 0; offset += count)
            {
                RandomAccess.Write(file, buffer.AsSpan(0, count), offset);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The path below the destination: no leading slash, no <c>.</c>, and <c>..</c> never above the top.</summary>
    internal static byte[] Clean(ReadOnlySpan<byte> name)
    {
        var parts = new List<byte[]>();
        foreach (var range in name.Split((byte)'/'))
        {
            var part = name[range];
            if (part.IsEmpty || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else
            {
                parts.Add(part.ToArray());
            }
        }

        byte[] path = [];
        foreach (var part in parts)
        {
            path = GuestPath.Join(path, part);
        }

        return path;
    }
}
