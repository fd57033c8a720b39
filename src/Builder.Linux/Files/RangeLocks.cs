using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <summary>
/// Locks on single bytes of a file (fcntl(2), "Open file description locks"): any number of things can be locked one by one
/// with one file and one descriptor, whether the file has those bytes or not. Each opening is an owner of its own, also
/// within a process; the kernel lets go of everything when it is closed, however the process ends.
/// </summary>
public sealed unsafe class RangeLocks : IDisposable
{
    private const int SetLock = 37;
    private const int SetLockAndWait = 38;
    private const short Shared = 0;
    private const short Exclusive = 1;
    private const short Unlocked = 2;
    private readonly SafeFileHandle handle;
    private readonly string path;

    private RangeLocks(SafeFileHandle handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    /// <summary>Opens the file of the locks, creating it if needed.</summary>
    /// <param name="readOnly">The file system cannot be written: only shared locks, and null when there is no such file.</param>
    public static RangeLocks? Open(string hostPath, bool readOnly)
    {
        ArgumentNullException.ThrowIfNull(hostPath);
        fixed (byte* text = CPath.OfText(hostPath))
        {
            var access = readOnly ? ReadOnly : ReadWrite | Create;
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, text, access | NoFollow | CloseOnExec, 0x180);
            return descriptor >= 0 ? new RangeLocks(new SafeFileHandle(descriptor, ownsHandle: true), hostPath)
                : readOnly ? null
                : throw FileFailure.Of("open", hostPath);
        }
    }

    /// <summary>Locks a byte together with others that share it, waiting while somebody has it alone.</summary>
    public void Share(long offset) => Apply(SetLockAndWait, Shared, offset, 1);

    /// <summary>Locks a byte alone; false while another owner has it or shares it.</summary>
    public bool TryTake(long offset) => Apply(SetLock, Exclusive, offset, 1);

    /// <summary>Locks a byte alone, waiting while another owner has it or shares it.</summary>
    public void Take(long offset) => Apply(SetLockAndWait, Exclusive, offset, 1);

    public void Release(long offset) => Apply(SetLock, Unlocked, offset, 1);

    public void ReleaseAll() => Apply(SetLock, Unlocked, 0, 0);

    public void Dispose() => handle.Dispose();

    /// <param name="length">0 is everything from the offset on.</param>
    private bool Apply(int command, short type, long offset, long length)
    {
        var request = new Libc.Files.LockRange { Type = type, Start = offset, Length = length };
        while (Libc.Files.Lock((int)handle.DangerousGetHandle(), command, &request) < 0)
        {
            switch (FileFailure.Errno)
            {
                case Errno.EAGAIN or Errno.EACCES when command == SetLock:
                    return false;
                case Errno.EINTR:
                    continue;
                default:
                    throw FileFailure.Of("fcntl", path);
            }
        }

        return true;
    }
}
