using Builder.Linux.Native;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <content>Operations that change the directory or what its names stand for.</content>
public sealed unsafe partial class DirectoryHandle
{
    /// <summary>Makes a directory with exactly <paramref name="mode"/>, whatever the umask.</summary>
    public void MakeDirectory(ReadOnlySpan<byte> name, uint mode)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.MkDirAt(Descriptor, path, mode & 0x1ff), "mkdirat", name);
        }

        SetMode(name, mode);
    }

    public void MakeSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        fixed (byte* content = CPath.Terminate(target, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.SymlinkAt(content, Descriptor, path), "symlinkat", name);
        }
    }

    /// <summary>Makes a fifo, a device node or an empty regular file; <see cref="SetMode"/> afterwards defeats the umask.</summary>
    public void MakeNode(ReadOnlySpan<byte> name, FileType type, uint mode, uint deviceMajor = 0, uint deviceMinor = 0)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(
                Libc.Files.MkNodAt(Descriptor, path, ((uint)type << 12) | (mode & 0xfff), DeviceNumber(deviceMajor, deviceMinor)),
                "mknodat",
                name);
        }
    }

    /// <summary>Gives the file called <paramref name="name"/> one more name; a symbolic link itself is linked, not its target.</summary>
    public void Link(ReadOnlySpan<byte> name, DirectoryHandle toDirectory, ReadOnlySpan<byte> newName)
    {
        ArgumentNullException.ThrowIfNull(toDirectory);
        RequireSingleName(name);
        RequireSingleName(newName);
        fixed (byte* from = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        fixed (byte* to = CPath.Terminate(newName, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.LinkAt(Descriptor, from, toDirectory.Descriptor, to, 0), "linkat", newName);
        }
    }

    public void Rename(ReadOnlySpan<byte> name, DirectoryHandle toDirectory, ReadOnlySpan<byte> newName)
    {
        ArgumentNullException.ThrowIfNull(toDirectory);
        RequireSingleName(name);
        RequireSingleName(newName);
        fixed (byte* from = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        fixed (byte* to = CPath.Terminate(newName, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.RenameAt(Descriptor, from, toDirectory.Descriptor, to), "renameat", newName);
        }
    }

    public void Unlink(ReadOnlySpan<byte> name) => Unlink(name, 0);

    /// <summary>Removes an empty directory.</summary>
    public void RemoveDirectory(ReadOnlySpan<byte> name) => Unlink(name, AtRemoveDirectory);

    /// <summary>Removes a name and, if it is a directory, everything below it; nothing happens when it is absent.</summary>
    public void RemoveTree(ReadOnlySpan<byte> name)
    {
        RequireSingleName(name);
        if (TryLstat(name) is not { } status)
        {
            return;
        }

        if (status.Type == FileType.Directory)
        {
            TreeRemover.Empty(this, name);
            RemoveDirectory(name);
        }
        else
        {
            Unlink(name);
        }
    }

    /// <summary>Changes the owner of the name itself, also of a symbolic link. The kernel drops setuid bits and capabilities.</summary>
    public void SetOwner(ReadOnlySpan<byte> name, uint userId, uint groupId)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.ChOwnAt(Descriptor, path, userId, groupId, AtSymlinkNoFollow), "fchownat", name);
        }
    }

    /// <summary>Sets permission bits (07777) of anything but a symbolic link, which has none.</summary>
    public void SetMode(ReadOnlySpan<byte> name, uint mode)
    {
        // fchmodat(2) follows links and knows no flags: the way that cannot be redirected is the name's own descriptor.
        using var pinned = new Microsoft.Win32.SafeHandles.SafeFileHandle(
            OpenChecked(name, FileFlags.Path | NoFollow | CloseOnExec, 0), ownsHandle: true);
        if (OpenedFiles.Status(pinned).Type == FileType.SymbolicLink)
        {
            throw new LinuxException("chmod", CPath.Printable(name), Errno.ENOTSUP, "a symbolic link has no mode");
        }

        Span<byte> buffer = stackalloc byte[64];
        fixed (byte* path = ProcPath.Of((int)pinned.DangerousGetHandle(), default, buffer))
        {
            FileFailure.Check(Libc.Files.ChMod(path, mode & 0xfff), "chmod", name);
        }
    }

    /// <summary>Sets the modification time, of a symbolic link too; the access time becomes the same.</summary>
    public void SetTimes(ReadOnlySpan<byte> name, FileTime modified)
    {
        RequireSingleName(name);
        var times = stackalloc Libc.Files.TimeSpec[2];
        times[0] = times[1] = new Libc.Files.TimeSpec { Seconds = (nint)modified.Seconds, Nanoseconds = modified.Nanoseconds };
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.UTimeNsAt(Descriptor, path, times, AtSymlinkNoFollow), "utimensat", name);
        }
    }

    /// <summary>Sets modification and access time to the kernel's present time.</summary>
    public void SetTimesToNow(ReadOnlySpan<byte> name)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.UTimeNsAt(Descriptor, path, null, AtSymlinkNoFollow), "utimensat", name);
        }
    }

    internal static void RequireSingleName(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Contains((byte)'/') || name.SequenceEqual(".."u8))
        {
            throw new ArgumentException($"'{CPath.Printable(name)}' is not a single name", nameof(name));
        }
    }

    private void Unlink(ReadOnlySpan<byte> name, int flags)
    {
        RequireSingleName(name);
        fixed (byte* path = CPath.Terminate(name, stackalloc byte[CPath.StackSize]))
        {
            FileFailure.Check(Libc.Files.UnlinkAt(Descriptor, path, flags), "unlinkat", name);
        }
    }

    // glibc's makedev(3).
    private static ulong DeviceNumber(ulong major, ulong minor) =>
        ((major & 0xfffff000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffffff00) << 12) | (minor & 0xff);
}
