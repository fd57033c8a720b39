using System.Runtime.InteropServices;

namespace Builder.Linux.Native;

internal static unsafe partial class Libc
{
    /// <summary>The C library's calls on files, all blittable; the manual page of each is its entry point's.</summary>
    internal static partial class Files
    {
        private const string Library = "libc";

        [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
        internal static partial int OpenAt(int directory, byte* path, int flags, uint mode);

        /// <summary>openat2(2) has no wrapper in glibc; 437 on every architecture.</summary>
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint OpenAt2(nint number, int directory, byte* path, OpenHow* how, nuint size);

        /// <summary>fcntl(2) with F_OFD_SETLK and F_OFD_SETLKW.</summary>
        [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
        internal static partial int Lock(int file, int command, LockRange* range);

        [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
        internal static partial int StatX(int directory, byte* path, int flags, uint mask, StatXBuffer* buffer);

        [LibraryImport(Library, EntryPoint = "getdents64", SetLastError = true)]
        internal static partial nint GetDirectoryEntries(int directory, byte* buffer, nuint size);

        [LibraryImport(Library, EntryPoint = "mkdirat", SetLastError = true)]
        internal static partial int MkDirAt(int directory, byte* name, uint mode);

        [LibraryImport(Library, EntryPoint = "mknodat", SetLastError = true)]
        internal static partial int MkNodAt(int directory, byte* name, uint mode, ulong device);

        [LibraryImport(Library, EntryPoint = "symlinkat", SetLastError = true)]
        internal static partial int SymlinkAt(byte* target, int directory, byte* name);

        [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true)]
        internal static partial int LinkAt(int fromDirectory, byte* from, int toDirectory, byte* to, int flags);

        [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true)]
        internal static partial int UnlinkAt(int directory, byte* name, int flags);

        [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true)]
        internal static partial int RenameAt(int fromDirectory, byte* from, int toDirectory, byte* to);

        [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
        internal static partial nint ReadLinkAt(int directory, byte* name, byte* buffer, nuint size);

        [LibraryImport(Library, EntryPoint = "fchownat", SetLastError = true)]
        internal static partial int ChOwnAt(int directory, byte* name, uint user, uint group, int flags);

        [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
        internal static partial int FChOwn(int file, uint user, uint group);

        [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
        internal static partial int FChMod(int file, uint mode);

        [LibraryImport(Library, EntryPoint = "chmod", SetLastError = true)]
        internal static partial int ChMod(byte* path, uint mode);

        [LibraryImport(Library, EntryPoint = "utimensat", SetLastError = true)]
        internal static partial int UTimeNsAt(int directory, byte* name, TimeSpec* times, int flags);

        [LibraryImport(Library, EntryPoint = "futimens", SetLastError = true)]
        internal static partial int FUTimeNs(int file, TimeSpec* times);

        [LibraryImport(Library, EntryPoint = "lgetxattr", SetLastError = true)]
        internal static partial nint LGetXattr(byte* path, byte* name, byte* value, nuint size);

        [LibraryImport(Library, EntryPoint = "lsetxattr", SetLastError = true)]
        internal static partial int LSetXattr(byte* path, byte* name, byte* value, nuint size, int flags);

        /// <summary>listxattrat(2), Linux 6.13: 465 on every architecture.</summary>
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint ListXattrAt(nint number, int directory, byte* name, nint flags, byte* list, nuint size);

        [LibraryImport(Library, EntryPoint = "llistxattr", SetLastError = true)]
        internal static partial nint LListXattr(byte* path, byte* list, nuint size);

        [LibraryImport(Library, EntryPoint = "lremovexattr", SetLastError = true)]
        internal static partial int LRemoveXattr(byte* path, byte* name);

        [LibraryImport(Library, EntryPoint = "lseek64", SetLastError = true)]
        internal static partial long Seek(int file, long offset, int whence);

        [LibraryImport(Library, EntryPoint = "copy_file_range", SetLastError = true)]
        internal static partial nint CopyFileRange(int from, long* fromOffset, int to, long* toOffset, nuint length, uint flags);

        [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
        internal static partial int IoctlInt(int file, nuint request, nint argument);

        [LibraryImport(Library, EntryPoint = "syncfs", SetLastError = true)]
        internal static partial int SyncFs(int file);

        [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
        internal static partial int FSync(int file);

        [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
        internal static partial int FLock(int file, int operation);

        /// <summary>fsopen(2): 430 on every architecture.</summary>
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint FsOpen(nint number, byte* fileSystem, uint flags);

        /// <summary>fsconfig(2): 431 on every architecture.</summary>
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint FsConfig(nint number, int context, uint command, byte* key, byte* value, int aux);

        /// <summary>fsmount(2): 432 on every architecture.</summary>
        [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
        internal static partial nint FsMount(nint number, int context, uint flags, uint attributes);

        [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
        internal static partial nint Read(int file, byte* buffer, nuint size);

        [StructLayout(LayoutKind.Sequential)]
        internal struct OpenHow
        {
            internal ulong Flags;
            internal ulong Mode;
            internal ulong Resolve;
        }

        /// <summary>struct flock; the process id at its end must be 0.</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct LockRange
        {
            internal short Type;
            internal short Whence;
            internal long Start;
            internal long Length;
            internal int Process;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct TimeSpec
        {
            internal nint Seconds;
            internal nint Nanoseconds;
        }

        [StructLayout(LayoutKind.Sequential)]
        internal struct StatXTime
        {
            internal long Seconds;
            internal uint Nanoseconds;
            internal int Reserved;
        }

        /// <summary>struct statx, whose layout is the same on every architecture.</summary>
        [StructLayout(LayoutKind.Sequential, Size = 256)]
        internal struct StatXBuffer
        {
            internal uint Mask;
            internal uint BlockSize;
            internal ulong Attributes;
            internal uint Links;
            internal uint UserId;
            internal uint GroupId;
            internal ushort Mode;
            internal ushort Spare;
            internal ulong Inode;
            internal ulong Size;
            internal ulong Blocks;
            internal ulong AttributesMask;
            internal StatXTime Accessed;
            internal StatXTime Born;
            internal StatXTime Changed;
            internal StatXTime Modified;
            internal uint RDeviceMajor;
            internal uint RDeviceMinor;
            internal uint DeviceMajor;
            internal uint DeviceMinor;
        }
    }
}
