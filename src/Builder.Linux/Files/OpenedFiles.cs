using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <summary>Operations on a file that is already open, where .NET has none that says exactly this.</summary>
public static unsafe class OpenedFiles
{
    public static FileStatus Status(SafeFileHandle file)
    {
        Libc.Files.StatXBuffer buffer;
        byte empty = 0;
        return Libc.Files.StatX(Descriptor(file), &empty, AtEmptyPath, StatXBasic, &buffer) == 0
            ? ToStatus(buffer)
            : throw FileFailure.Of("statx", "");
    }

    /// <summary>Must come before <see cref="SetMode"/> and before a capability is set: the kernel drops both on a change of owner.</summary>
    public static void SetOwner(SafeFileHandle file, uint userId, uint groupId)
    {
        if (Libc.Files.FChOwn(Descriptor(file), userId, groupId) < 0)
        {
            throw FileFailure.Of("fchown", "");
        }
    }

    public static void SetMode(SafeFileHandle file, uint mode)
    {
        if (Libc.Files.FChMod(Descriptor(file), mode & 0xfff) < 0)
        {
            throw FileFailure.Of("fchmod", "");
        }
    }

    /// <summary>Sets the modification time; the access time becomes the same.</summary>
    public static void SetTimes(SafeFileHandle file, FileTime modified)
    {
        var times = stackalloc Libc.Files.TimeSpec[2];
        times[0] = times[1] = new Libc.Files.TimeSpec { Seconds = (nint)modified.Seconds, Nanoseconds = modified.Nanoseconds };
        if (Libc.Files.FUTimeNs(Descriptor(file), times) < 0)
        {
            throw FileFailure.Of("futimens", "");
        }
    }

    /// <summary>
    /// Copies <paramref name="length"/> bytes from the start of one file to the start of another: shared blocks where the
    /// file system can (FICLONE), else inside the kernel, else through a buffer. Fails when the source is shorter.
    /// </summary>
    public static void Copy(SafeFileHandle from, SafeFileHandle to, long length)
    {
        if (length > 0 && Libc.Files.IoctlInt(Descriptor(to), FiClone, Descriptor(from)) == 0)
        {
            return;
        }

        for (long offset = 0; offset < length;)
        {
            var (start, end) = NextData(from, offset, length);
            CopyRange(from, to, start, end);
            offset = end;
            if (start == length)
            {
                // A hole at the end is nothing but length.
                RandomAccess.SetLength(to, length);
            }
        }
    }

    /// <summary>
    /// The next stretch of a file that may hold something other than zeros, at or after <paramref name="offset"/>; empty at
    /// <paramref name="length"/> when only a hole is left. A file system that knows no holes has one stretch.
    /// </summary>
    public static (long Start, long End) NextData(SafeFileHandle file, long offset, long length)
    {
        const int SeekData = 3;
        const int SeekHole = 4;
        var start = Libc.Files.Seek(Descriptor(file), offset, SeekData);
        if (start < 0)
        {
            // ENXIO: there is no more data; anything else: it cannot say.
            return FileFailure.Errno == Errno.ENXIO ? (length, length) : (offset, length);
        }

        var end = Libc.Files.Seek(Descriptor(file), start, SeekHole);
        return start >= length ? (length, length) : (start, end < 0 || end > length ? length : end);
    }

    private static void CopyRange(SafeFileHandle from, SafeFileHandle to, long copied, long end)
    {
        while (copied < end)
        {
            long source = copied, target = copied;
            var count = Libc.Files.CopyFileRange(Descriptor(from), &source, Descriptor(to), &target, (nuint)(end - copied), 0);
            if (count <= 0)
            {
                // Across file systems, on old kernels and on odd file systems it is refused, or answers 0 (procfs).
                CopyThroughBuffer(from, to, copied, end);
                return;
            }

            copied += count;
        }
    }

    /// <summary>Waits until everything written to the file system that <paramref name="hostPath"/> lies on is on the disk.</summary>
    public static void SyncFileSystem(string hostPath)
    {
        using var directory = DirectoryHandle.Open(hostPath);
        if (Libc.Files.SyncFs(directory.Descriptor) < 0)
        {
            throw FileFailure.Of("syncfs", hostPath);
        }
    }

    /// <summary>Waits until the names in a folder are on the disk.</summary>
    public static void SyncDirectory(string hostPath)
    {
        using var directory = DirectoryHandle.Open(hostPath);
        if (Libc.Files.FSync(directory.Descriptor) < 0)
        {
            throw FileFailure.Of("fsync", hostPath);
        }
    }

    internal static FileStatus ToStatus(in Libc.Files.StatXBuffer buffer) => new()
    {
        Type = (FileType)(buffer.Mode >> 12),
        Mode = buffer.Mode & 0xfffu,
        UserId = buffer.UserId,
        GroupId = buffer.GroupId,
        Size = (long)buffer.Size,
        IsSparse = buffer.Blocks < (buffer.Size + 511) / 512,
        Modified = new FileTime(buffer.Modified.Seconds, (int)buffer.Modified.Nanoseconds),
        Changed = new FileTime(buffer.Changed.Seconds, (int)buffer.Changed.Nanoseconds),
        DeviceMajor = buffer.RDeviceMajor,
        DeviceMinor = buffer.RDeviceMinor,
        Inode = buffer.Inode,
        FileSystem = ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor,
        Links = buffer.Links,
    };

    private static void CopyThroughBuffer(SafeFileHandle from, SafeFileHandle to, long copied, long length)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(128 * 1024);
        try
        {
            while (copied < length)
            {
                var count = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - copied)), copied);
                if (count == 0)
                {
                    throw new LinuxException("read", "", Errno.EIO, "the file became shorter while it was copied");
                }

                RandomAccess.Write(to, buffer.AsSpan(0, count), copied);
                copied += count;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Descriptor(SafeFileHandle file) => (int)file.DangerousGetHandle();
}
