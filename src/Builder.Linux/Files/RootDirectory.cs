using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <summary>
/// A tree that is somebody else's (an image's root file system, a build context) and the only door to it. Paths are
/// bytes, relative to the root whether or not they begin with <c>/</c>; links and <c>..</c> are resolved by the kernel as
/// a process that has this root would see them (openat2(2), RESOLVE_IN_ROOT), so none leads outside, even when names
/// are swapped meanwhile. Failures are <see cref="LinuxException"/>.
/// </summary>
public sealed unsafe class RootDirectory : IDisposable
{
    private const nint OpenAt2Number = 437;

    // A rename anywhere on the machine may make the kernel give up a resolution with ".."; trying again is the cure.
    private const int MaxAttempts = 1000;

    private readonly SafeFileHandle handle;

    internal RootDirectory(SafeFileHandle handle) => this.handle = handle;

    /// <summary>Opens a folder of the host by its path, following links.</summary>
    public static RootDirectory Open(string hostPath)
    {
        ArgumentNullException.ThrowIfNull(hostPath);
        fixed (byte* path = CPath.OfText(hostPath))
        {
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, path, FileFlags.Path | FileFlags.Directory | CloseOnExec, 0);
            return descriptor >= 0 ? new RootDirectory(new SafeFileHandle(descriptor, ownsHandle: true)) : throw FileFailure.Of("open", hostPath);
        }
    }

    /// <summary>What a path of the host leads to, without opening it; null when there is nothing.</summary>
    public static FileType? TypeOfHostPath(string hostPath)
    {
        ArgumentNullException.ThrowIfNull(hostPath);
        fixed (byte* path = CPath.OfText(hostPath))
        {
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, path, FileFlags.Path | CloseOnExec, 0);
            if (descriptor < 0)
            {
                return null;
            }

            using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            return OpenedFiles.Status(handle).Type;
        }
    }

    /// <summary>Opens a directory of this tree, links followed, as a root of its own: what is resolved in it stays below it.</summary>
    public RootDirectory OpenRoot(ReadOnlySpan<byte> path) => new(OpenChecked(path, FileFlags.Path | FileFlags.Directory));

    /// <summary>
    /// The descriptor itself, for the rooms that mount it or start a process in it; valid until this is disposed.
    /// </summary>
    public int Descriptor => (int)handle.DangerousGetHandle();

    /// <summary>What <paramref name="path"/> is, without following a link in the last place; null when it is absent.</summary>
    public FileStatus? TryLstat(ReadOnlySpan<byte> path) => TryStatus(path, NoFollow);

    /// <summary>What <paramref name="path"/> leads to, links followed; null when it leads nowhere.</summary>
    public FileStatus? TryStat(ReadOnlySpan<byte> path) => TryStatus(path, 0);

    /// <summary>Opens a directory, links followed.</summary>
    public DirectoryHandle OpenDirectory(ReadOnlySpan<byte> path) =>
        new(OpenChecked(path, ReadOnly | FileFlags.Directory));

    /// <summary>Opens a directory, links followed; null when there is none.</summary>
    public DirectoryHandle? TryOpenDirectory(ReadOnlySpan<byte> path)
    {
        var opened = TryOpen(path, ReadOnly | FileFlags.Directory, out var errno);
        return opened is not null ? new DirectoryHandle(opened)
            : IsAbsence(errno) ? null
            : throw new LinuxException("openat2", CPath.Printable(path), errno);
    }

    /// <summary>Opens a regular file to read, links followed; anything else is refused without having been opened.</summary>
    public SafeFileHandle OpenFile(ReadOnlySpan<byte> path)
    {
        using var pinned = OpenChecked(path, FileFlags.Path);
        if (OpenedFiles.Status(pinned).Type != FileType.Regular)
        {
            throw new LinuxException("openat2", CPath.Printable(path), Errno.EINVAL, "it is not a regular file");
        }

        // Through the descriptor, so that what is opened is what was looked at.
        fixed (byte* link = ProcPath.Of((int)pinned.DangerousGetHandle(), default, stackalloc byte[64]))
        {
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, link, ReadOnly | CloseOnExec, 0);
            return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw FileFailure.Of("open", path);
        }
    }

    /// <summary>The names in a directory, links followed, sorted by their bytes.</summary>
    public IReadOnlyList<DirectoryItem> ReadDirectory(ReadOnlySpan<byte> path)
    {
        using var directory = OpenDirectory(path);
        return directory.ReadSorted();
    }

    /// <summary>The target of the symbolic link at <paramref name="path"/>.</summary>
    public byte[] ReadLink(ReadOnlySpan<byte> path)
    {
        using var parent = OpenParent(path, out var name);
        return parent.ReadLink(name);
    }

    /// <summary>
    /// Opens the directory that holds the last name of <paramref name="path"/>, links in front of it followed, for an
    /// operation on that name. For the root, <paramref name="name"/> is <c>.</c>; a last name of <c>..</c> is refused.
    /// </summary>
    public DirectoryHandle OpenParent(ReadOnlySpan<byte> path, out byte[] name)
    {
        path = path.TrimEnd((byte)'/');
        var slash = path.LastIndexOf((byte)'/');
        var last = path[(slash + 1)..];
        if (last.SequenceEqual(".."u8))
        {
            throw new LinuxException("openat2", CPath.Printable(path), Errno.EINVAL, "the last name of the path is '..'");
        }

        name = last.IsEmpty ? DirectoryHandle.Self.ToArray() : last.ToArray();
        return OpenDirectory(slash < 0 ? default : path[..slash]);
    }

    /// <summary>
    /// Makes a directory and those above it that are missing, each with this mode and owner; existing ones, and links to
    /// directories, are left as they are. The directories made are returned, top first, as paths below the root.
    /// </summary>
    public IReadOnlyList<byte[]> MakeDirectories(ReadOnlySpan<byte> path, uint mode, uint userId, uint groupId)
    {
        var made = new List<byte[]>();
        for (var end = NextEnd(path, 0); end > 0; end = NextEnd(path, end))
        {
            var part = path[..end];
            if (TryStat(part) is { } status)
            {
                if (status.Type != FileType.Directory)
                {
                    throw new LinuxException("mkdirat", CPath.Printable(part), Errno.ENOTDIR);
                }

                continue;
            }

            using var parent = OpenParent(part, out var name);
            parent.MakeDirectory(name, mode);
            parent.SetOwner(name, userId, groupId);
            parent.SetMode(name, mode);
            made.Add(part.ToArray());
        }

        return made;
    }

    public void Dispose() => handle.Dispose();

    private FileStatus? TryStatus(ReadOnlySpan<byte> path, int follow)
    {
        var opened = TryOpen(path, FileFlags.Path | follow, out var errno);
        if (opened is null)
        {
            return IsAbsence(errno) ? null : throw new LinuxException("openat2", CPath.Printable(path), errno);
        }

        using (opened)
        {
            return OpenedFiles.Status(opened);
        }
    }

    private SafeFileHandle OpenChecked(ReadOnlySpan<byte> path, int flags) =>
        TryOpen(path, flags, out var errno) ?? throw new LinuxException("openat2", CPath.Printable(path), errno);

    private SafeFileHandle? TryOpen(ReadOnlySpan<byte> path, int flags, out Errno errno)
    {
        var how = new Libc.Files.OpenHow { Flags = (ulong)(flags | CloseOnExec), Resolve = ResolveInRoot | ResolveNoMagicLinks };
        fixed (byte* text = CPath.Terminate(path.IsEmpty ? DirectoryHandle.Self : path, stackalloc byte[CPath.StackSize]))
        {
            for (var attempt = 1; ; attempt++)
            {
                var descriptor = Libc.Files.OpenAt2(OpenAt2Number, Descriptor, text, &how, (nuint)sizeof(Libc.Files.OpenHow));
                if (descriptor >= 0)
                {
                    errno = default;
                    return new SafeFileHandle(descriptor, ownsHandle: true);
                }

                errno = FileFailure.Errno;
                if (errno != Errno.EAGAIN || attempt == MaxAttempts)
                {
                    return null;
                }
            }
        }
    }

    private static bool IsAbsence(Errno errno) => errno is Errno.ENOENT or Errno.ENOTDIR;

    /// <summary>Where the name that begins after <paramref name="from"/> ends; 0 when there are no more names.</summary>
    private static int NextEnd(ReadOnlySpan<byte> path, int from)
    {
        while (from < path.Length && path[from] == '/')
        {
            from++;
        }

        if (from == path.Length)
        {
            return 0;
        }

        var slash = path[from..].IndexOf((byte)'/');
        return slash < 0 ? path.Length : from + slash;
    }
}
