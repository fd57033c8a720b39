using System.Buffers;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Layers;

/// <summary>
/// The tar side of <see cref="LayerWriter"/>: turns files into entries, writes a directory's entry when the first thing in
/// it needs one, and makes the later names of a file links to its first.
/// </summary>
internal sealed class LayerEntries : IDisposable
{
    private const int BufferSize = 128 * 1024;
    private readonly TarWriter tar;
    private readonly long newest;
    private readonly CancellationToken cancellationToken;
    private readonly Stack<(LayerFile File, int PathLength)> entered = new();
    private readonly Dictionary<(ulong FileSystem, ulong Inode), byte[]> firstNames = [];
    private readonly LayerNotes notes = new();
    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private byte[] path = new byte[256];
    private int pathLength;
    private int written;
    private int entryCount;

    internal LayerEntries(Stream destination, LayerOptions options, CancellationToken cancellationToken)
    {
        tar = new TarWriter(destination);
        newest = options.SourceDateEpoch ?? long.MaxValue;
        this.cancellationToken = cancellationToken;
    }

    /// <summary>Goes into a directory, whose entry is written no sooner than it is needed.</summary>
    internal void Enter(LayerFile directory)
    {
        entered.Push((directory, pathLength));
        Append(directory.Name);
    }

    internal void Leave()
    {
        pathLength = entered.Pop().PathLength;
        written = Math.Min(written, entered.Count);
    }

    /// <summary>Writes the entries of the directories on the way here that have none yet.</summary>
    internal void WriteEnteredDirectories()
    {
        var missing = entered.Count - written;
        if (missing == 0)
        {
            return;
        }

        foreach (var (directory, length) in entered.Take(missing).Reverse())
        {
            var end = length == 0 ? directory.Name.Length : length + 1 + directory.Name.Length;
            WriteEntry(Entry(directory, path[..end], TarEntryKind.Directory));
        }

        written = entered.Count;
    }

    internal void WriteWhiteout(byte[] name)
    {
        WriteEnteredDirectories();
        WriteEntry(new TarEntry { Name = Join([.. WhiteoutName.Prefix, .. name]), Kind = TarEntryKind.File });
    }

    /// <summary>Writes anything but a directory.</summary>
    internal void WriteFile(LayerFile file)
    {
        WriteEnteredDirectories();
        NoteWhatIsLost(file);
        var name = Join(file.Name);
        if (file.Status.Links > 1)
        {
            var identity = (file.Status.FileSystem, file.Status.Inode);
            if (firstNames.TryGetValue(identity, out var first))
            {
                WriteEntry(Entry(file, name, TarEntryKind.HardLink) with { LinkName = first, Xattrs = [] });
                return;
            }

            firstNames.Add(identity, name);
        }

        switch (file.Status.Type)
        {
            case FileType.Regular:
                WriteEntry(Entry(file, name, TarEntryKind.File) with { Size = file.Status.Size });
                WriteContent(file);
                break;
            case FileType.SymbolicLink:
                WriteEntry(Entry(file, name, TarEntryKind.SymbolicLink) with { LinkName = file.Directory.ReadLink(file.Name) });
                break;
            case FileType.Fifo:
                WriteEntry(Entry(file, name, TarEntryKind.Fifo));
                break;
            case FileType.CharacterDevice or FileType.BlockDevice:
                var kind = file.Status.Type == FileType.BlockDevice ? TarEntryKind.BlockDevice : TarEntryKind.CharacterDevice;
                WriteEntry(Entry(file, name, kind) with { DeviceMajor = file.Status.DeviceMajor, DeviceMinor = file.Status.DeviceMinor });
                break;
            default:
                throw new BuilderException(StorageErrors.Corrupt, $"/{PathOf(file.Name)} is of an unknown type");
        }
    }

    /// <summary>The path of a name here, for messages.</summary>
    internal string PathOf(byte[] name) => GuestName.Printable(Join(name));

    internal void Note(byte[] name, string what) => notes.Add(Join(name), what);

    internal LayerTally Finish()
    {
        tar.Finish();
        return new LayerTally(tar.Length, entryCount, notes.ToList());
    }

    public void Dispose()
    {
        tar.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private TarEntry Entry(LayerFile file, byte[] name, TarEntryKind kind)
    {
        var (userId, groupId) = file.Owner;
        return new TarEntry
        {
            Name = name,
            Kind = kind,
            Mode = file.Status.Mode,
            UserId = userId,
            GroupId = groupId,
            ModifiedSeconds = Math.Min(file.Status.Modified.Seconds, newest),
            Xattrs = file.Xattrs,
        };
    }

    private void WriteEntry(TarEntry entry)
    {
        cancellationToken.ThrowIfCancellationRequested();
        tar.WriteEntry(entry);
        entryCount++;
    }

    private void WriteContent(LayerFile file)
    {
        if (file.Status.Size == 0)
        {
            return;
        }

        using var content = file.Directory.OpenFile(file.Name, file.Status);
        if (!file.Status.IsSparse)
        {
            WriteRange(file, content, 0, file.Status.Size);
            return;
        }

        // The archive has the holes as zeros (the format is not to be used otherwise), but nobody has to read them.
        for (long offset = 0; offset < file.Status.Size;)
        {
            var (start, end) = OpenedFiles.NextData(content, offset, file.Status.Size);
            WriteZeros(start - offset);
            WriteRange(file, content, start, end);
            offset = end;
        }
    }

    private void WriteRange(LayerFile file, SafeFileHandle content, long offset, long end)
    {
        while (offset < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var wanted = (int)Math.Min(BufferSize, end - offset);
            var count = RandomAccess.Read(content, buffer.AsSpan(0, wanted), offset);
            if (count == 0)
            {
                throw new BuilderException(StorageErrors.Corrupt, $"/{PathOf(file.Name)} became shorter while its layer was written");
            }

            tar.Write(buffer.AsSpan(0, count));
            offset += count;
        }
    }

    private void WriteZeros(long count)
    {
        if (count > 0)
        {
            buffer.AsSpan(0, BufferSize).Clear();
        }

        for (; count > 0; count -= Math.Min(count, BufferSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            tar.Write(buffer.AsSpan(0, (int)Math.Min(count, BufferSize)));
        }
    }

    private void NoteWhatIsLost(LayerFile file)
    {
        if (file.XattrNames.Any(name => CarriedXattrs.IsAccessList(name)))
        {
            Note(file.Name, "has an access control list, which a layer cannot hold");
        }
    }

    private byte[] Join(ReadOnlySpan<byte> name)
    {
        if (pathLength == 0)
        {
            return name.ToArray();
        }

        var joined = new byte[pathLength + 1 + name.Length];
        path.AsSpan(0, pathLength).CopyTo(joined);
        joined[pathLength] = (byte)'/';
        name.CopyTo(joined.AsSpan(pathLength + 1));
        return joined;
    }

    private void Append(byte[] name)
    {
        var joined = Join(name);
        if (joined.Length > path.Length)
        {
            Array.Resize(ref path, 2 * joined.Length);
        }

        joined.CopyTo(path, 0);
        pathLength = joined.Length;
    }
}
