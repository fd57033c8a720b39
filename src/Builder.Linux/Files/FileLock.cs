using Builder.Linux.Native;
using Microsoft.Win32.SafeHandles;
using static Builder.Linux.Native.FileFlags;

namespace Builder.Linux.Files;

/// <summary>A flock(2) on a file. The kernel lets go of it when the process ends, however it ends.</summary>
public sealed unsafe class FileLock : IDisposable
{
    private const int Shared = 1;
    private const int Exclusive = 2;
    private const int NonBlocking = 4;
    private readonly SafeFileHandle handle;
    private readonly string path;

    private FileLock(SafeFileHandle handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    /// <summary>Takes the lock alone, creating the file if needed; null while another open file holds it.</summary>
    public static FileLock? TryAcquire(string hostPath)
    {
        var file = Open(hostPath);
        if (file.TryLock(Exclusive | NonBlocking))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Takes the lock together with others that share it, creating the file if needed; null while somebody has it alone.</summary>
    public static FileLock? TryShare(string hostPath)
    {
        var file = Open(hostPath);
        if (file.TryLock(Shared | NonBlocking))
        {
            return file;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Takes the lock alone, creating the file if needed and waiting while others have it.</summary>
    public static FileLock Acquire(string hostPath)
    {
        var file = Open(hostPath);
        file.TryLock(Exclusive);
        return file;
    }

    /// <summary>Takes the lock together with others that share it, waiting while somebody has it alone.</summary>
    public static FileLock Share(string hostPath)
    {
        var file = Open(hostPath);
        file.TryLock(Shared);
        return file;
    }

    /// <summary>Turns a shared lock into one held alone until the result is disposed; null while others share it.</summary>
    public IDisposable? TryUpgrade() => TryLock(Exclusive | NonBlocking) ? new Upgrade(this) : Reshare();

    public void Dispose() => handle.Dispose();

    private static FileLock Open(string hostPath)
    {
        ArgumentNullException.ThrowIfNull(hostPath);
        fixed (byte* text = CPath.OfText(hostPath))
        {
            var descriptor = Libc.Files.OpenAt(AtCurrentDirectory, text, ReadWrite | Create | NoFollow | CloseOnExec, 0x180);
            return descriptor >= 0
                ? new FileLock(new SafeFileHandle(descriptor, ownsHandle: true), hostPath)
                : throw FileFailure.Of("open", hostPath);
        }
    }

    private bool TryLock(int operation)
    {
        while (Libc.Files.FLock((int)handle.DangerousGetHandle(), operation) < 0)
        {
            switch (FileFailure.Errno)
            {
                case Errno.EAGAIN:
                    return false;
                case Errno.EINTR:
                    continue;
                default:
                    throw FileFailure.Of("flock", path);
            }
        }

        return true;
    }

    /// <summary>A conversion is not atomic (flock(2)): a refused one may have lost the shared lock.</summary>
    private Upgrade? Reshare()
    {
        TryLock(Shared);
        return null;
    }

    private sealed class Upgrade(FileLock owner) : IDisposable
    {
        public void Dispose() => owner.TryLock(Shared);
    }
}
