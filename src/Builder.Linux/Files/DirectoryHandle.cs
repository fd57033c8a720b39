using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <summary>
/// An open directory. Every operation takes a <em>single name</em> in it (bytes; <c>.</c> is the directory itself) and
/// never follows a symbolic link in that place, so no operation can leave the directory, however deep it lies and
/// whatever happens to its parents. Failures are <see cref="LinuxException"/>.
/// </summary>
public sealed unsafe partial class DirectoryHandle : IDisposable
{
    private readonly SafeFileHandle handle;

    internal DirectoryHandle(SafeFileHandle handle) => this.handle = handle;

    /// <summary>The directory itself, where an operation takes a name.</summary>
    public static ReadOnlySpan<byte> Self => "."u8;

    internal int Descriptor => (int)handle.DangerousGetHandle();

    /// <summary>Opens a folder of the host by its path, following links: for the builder's own folders.</summary>
    public static DirectoryHandle Open(string hostPath)
    {
        ArgumentNullException.ThrowIfNull(hostPath);
        fixed (byte* path = CPath.OfText(hostPath))
        {
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, path, ReadOnly | FileFlags.Directory | CloseOnExec, 0);
            return descriptor >= 0 ? Own(descriptor) : throw FileFailure.Of("open", hostPath);
        }
    }

    /// <summary>Opens a directory in this one; <see cref="Errno.ENOTDIR"/> or <see cref="Errno.ELOOP"/> for anything else.</summary>
    public DirectoryHandle OpenDirectory(ReadOnlySpan<byte> name) =>
        Own(OpenChecked(name, ReadOnly | FileFlags.Directory | NoFollow | CloseOnExec, 0));

    /// <summary>Opens a directory in this one; null when the name is absent or no directory.</summary>
    public DirectoryHandle? TryOpenDirectory(ReadOnlySpan<byte> name)
    {
        var descriptor = OpenRaw(name, ReadOnly | FileFlags.Directory | NoFollow | CloseOnExec, 0);
        if (descriptor >= 0)
        {
            return Own(descriptor);
        }

        return FileFailure.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null : throw FileFailure.Of("openat", name);
    }

    /// <summary>
    /// Opens a regular file to read. Anything else is refused with <see cref="Errno.EINVAL"/> and not opened: a fifo would
    /// wait for a writer, and merely opening a device has effects.
    /// </summary>
    public SafeFileHandle OpenFile(ReadOnlySpan<byte> name) => OpenFile(name, Lstat(name));

    /// <summary>The same where the caller has already looked; the file must still be the one it saw.</summary>
    public SafeFileHandle OpenFile(ReadOnlySpan<byte> name, in FileStatus seen)
    {
        if (seen.Type != FileType.Regular)
        {
            throw new LinuxException("openat", CPath.Printable(name), Errno.EINVAL, "it is not a regular file");
        }

        var file = new SafeFileHandle(OpenChecked(name, ReadOnly | NoFollow | NonBlocking | CloseOnExec, 0), ownsHandle: true);
        var opened = OpenedFiles.Status(file);
        return opened.Inode == seen.Inode && opened.FileSystem == seen.FileSystem ? file : throw Refuse(file, name);
    }

    /// <summary>Creates a regular file that must not exist yet, open for writing; the process's umask applies to <paramref name="mode"/>.</summary>
    public SafeFileHandle CreateFile(ReadOnlySpan<byte> name, uint mode = 0x180) =>
        new(OpenChecked(name, WriteOnly | Create | Exclusive | NoFollow | CloseOnExec, mode), ownsHandle: true);

    /// <summary>What <paramref name="name"/> is; null when there is no such name.</summary>
    public FileStatus? TryLstat(ReadOnlySpan<byte> name)
    {
        Libc.Files.StatXBuffer buffer;
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            if (Libc.Files.StatX(Descriptor, path, AtSymlinkNoFollow, StatXBasic, &buffer) < 0)
            {
                return FileFailure.Errno == Errno.ENOENT ? null : throw FileFailure.Of("statx", name);
            }
        }

        return OpenedFiles.ToStatus(buffer);
    }

    public FileStatus Lstat(ReadOnlySpan<byte> name) =>
        TryLstat(name) ?? throw new LinuxException("statx", CPath.Printable(name), Errno.ENOENT);

    /// <summary>The names in this directory without <c>.</c> and <c>..</c>, in the kernel's order, which means nothing.</summary>
    public IReadOnlyList<DirectoryItem> Read() => DirectoryReader.Read(this);

    /// <summary>The names in this directory without <c>.</c> and <c>..</c>, sorted by their bytes.</summary>
    public IReadOnlyList<DirectoryItem> ReadSorted()
    {
        var items = DirectoryReader.Read(this);
        items.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return items;
    }

    /// <summary>The target of a symbolic link, as it was written.</summary>
    public byte[] ReadLink(ReadOnlySpan<byte> name)
    {
        const int MaxTarget = 4096;
        Span<byte> target = stackalloc byte[MaxTarget];
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        fixed (byte* buffer = target)
        {
            var length = Libc.Files.ReadLinkAt(Descriptor, path, buffer, MaxTarget);
            return length >= 0 ? target[..(int)length].ToArray() : throw FileFailure.Of("readlinkat", name);
        }
    }

    /// <summary>An independent handle on the same directory.</summary>
    public DirectoryHandle Duplicate() => OpenDirectory(Self);

    public void Dispose() => handle.Dispose();

    internal static DirectoryHandle Own(int descriptor) => new(new SafeFileHandle(descriptor, ownsHandle: true));

    private int OpenRaw(ReadOnlySpan<byte> name, int flags, uint mode)
    {
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            return Libc.Files.OpenAt(Descriptor, path, flags, mode);
        }
    }

    private int OpenChecked(ReadOnlySpan<byte> name, int flags, uint mode)
    {
        RequireSingleName(name);
        var descriptor = OpenRaw(name, flags, mode);
        return descriptor >= 0 ? descriptor : throw FileFailure.Of("openat", name);
    }

    private static LinuxException Refuse(SafeFileHandle file, ReadOnlySpan<byte> name)
    {
        file.Dispose();
        return new LinuxException("openat", CPath.Printable(name), Errno.EINVAL, "it was replaced by another file meanwhile");
    }
}
