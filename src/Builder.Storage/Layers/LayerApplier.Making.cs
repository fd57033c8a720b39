using Builder.Archives.Tar;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Linux.Isolation;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Layers;

/// <content>Files, directories, links and devices.</content>
internal sealed partial class LayerApplier
{
    private const int BufferSize = 128 * 1024;

    private DirectoryHandle Here => path.Current.Upper;

    private void Make(TarEntry entry, byte[] name, TarReader tar, CancellationToken cancellationToken)
    {
        switch (entry.Kind)
        {
            case TarEntryKind.Directory:
                MakeDirectory(entry, name);
                break;
            case TarEntryKind.File:
                MakeFile(entry, name, tar, cancellationToken);
                break;
            case TarEntryKind.SymbolicLink:
                Clear(name);
                Here.MakeSymlink(name, entry.LinkName.Span);
                SetMetadata(entry, name);
                break;
            case TarEntryKind.Fifo:
                Clear(name);
                Here.MakeNode(name, FileType.Fifo, entry.Mode);
                SetMetadata(entry, name);
                break;
            default:
                MakeDevice(entry, name);
                break;
        }
    }

    private void MakeDirectory(TarEntry entry, byte[] name)
    {
        var existing = Here.TryLstat(name);
        if (existing is not { Type: FileType.Directory })
        {
            if (existing is not null)
            {
                Here.Unlink(name);
            }

            Here.MakeDirectory(name, entry.Mode);
            if (existing is not null && path.Current.Knowledge != LowerKnowledge.Absent)
            {
                // It follows a whiteout or a file of the same name, which has taken away what is below.
                marks.SetOpaque(Here, name);
            }
        }

        SetDirectoryMetadata(entry, name, [.. path.Names, name]);
    }

    private void SetDirectoryMetadata(TarEntry entry, byte[] name, IReadOnlyList<byte[]> names)
    {
        FileMetadata.SetOwner(Here, name, (uint)entry.UserId, (uint)entry.GroupId, canRecord: true);
        SetXattrs(entry, name);
        Here.SetMode(name, entry.Mode);
        times.Set(names, TimeOf(entry));
    }

    private void MakeFile(TarEntry entry, byte[] name, TarReader tar, CancellationToken cancellationToken)
    {
        using var file = CreateFile(name);
        WriteContent(file, entry.Size, tar, cancellationToken);
        FileMetadata.SetOwner(Here, name, (uint)entry.UserId, (uint)entry.GroupId, canRecord: true);
        SetXattrs(entry, name);
        OpenedFiles.SetMode(file, entry.Mode);
        OpenedFiles.SetTimes(file, TimeOf(entry));
    }

    /// <summary>Mostly there is nothing to make room for, so that is tried first.</summary>
    private SafeFileHandle CreateFile(byte[] name)
    {
        try
        {
            return Here.CreateFile(name);
        }
        catch (LinuxException e) when (e.Errno == Errno.EEXIST)
        {
            Clear(name);
            return Here.CreateFile(name);
        }
    }

    /// <summary>Buffers of zeros are skipped, which makes the holes again that an archive fills.</summary>
    private void WriteContent(SafeFileHandle file, long size, TarReader tar, CancellationToken cancellationToken)
    {
        long offset = 0;
        var endsInHole = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Fill(tar);
            if (count == 0)
            {
                break;
            }

            var content = buffer.AsSpan(0, count);
            endsInHole = count == BufferSize && content.IndexOfAnyExcept((byte)0) < 0;
            if (!endsInHole)
            {
                Write(file, content, offset);
            }

            offset += count;
        }

        if (offset != size)
        {
            throw new InvalidOperationException($"the tar reader gave {offset} of {size} bytes");
        }

        if (endsInHole)
        {
            RandomAccess.SetLength(file, size);
        }
    }

    private int Fill(TarReader tar)
    {
        var filled = 0;
        while (filled < BufferSize)
        {
            var count = tar.Read(buffer.AsSpan(filled, BufferSize - filled));
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }

    private static void Write(SafeFileHandle file, ReadOnlySpan<byte> content, long offset)
    {
        try
        {
            RandomAccess.Write(file, content, offset);
        }
        catch (IOException e) when (Records.DiskErrors.IsFull(e))
        {
            throw Records.DiskErrors.Full(e);
        }
    }

    private void MakeDevice(TarEntry entry, byte[] name)
    {
        if (entry.DeviceMajor == 0 && entry.DeviceMinor == 0 && entry.Kind == TarEntryKind.CharacterDevice)
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a character device 0:0, which would hide a file without saying so");
        }

        Clear(name);
        if (!UserNamespace.Current.IsInitial)
        {
            Note(entry, "is a device node, which cannot be made in a user namespace");
            return;
        }

        var type = entry.Kind == TarEntryKind.BlockDevice ? FileType.BlockDevice : FileType.CharacterDevice;
        Here.MakeNode(name, type, entry.Mode, entry.DeviceMajor, entry.DeviceMinor);
        SetMetadata(entry, name);
    }

    private void SetMetadata(TarEntry entry, byte[] name)
    {
        FileMetadata.SetOwner(Here, name, (uint)entry.UserId, (uint)entry.GroupId, canRecord: false);
        SetXattrs(entry, name);
        if (entry.Kind != TarEntryKind.SymbolicLink)
        {
            Here.SetMode(name, entry.Mode);
        }

        Here.SetTimes(name, TimeOf(entry));
    }

    private void SetXattrs(TarEntry entry, byte[] name)
    {
        if (entry.Xattrs.Count > 0 && FileMetadata.SetXattrs(Here, name, entry.Xattrs) is > 0 and var lost)
        {
            Note(entry, $"loses {lost} extended attribute{(lost == 1 ? "" : "s")}");
        }
    }

    /// <summary>Makes room for an entry; of names that occur twice, the last wins.</summary>
    private void Clear(byte[] name) => Here.RemoveTree(name);

    private static FileTime TimeOf(TarEntry entry) => new(entry.ModifiedSeconds, entry.ModifiedNanoseconds);
}
