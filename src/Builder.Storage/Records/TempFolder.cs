using System.Globalization;
using System.Security.Cryptography;
using Builder.Linux;
using Builder.Linux.Files;

namespace Builder.Storage.Records;

/// <summary>
/// This process's own folder below <c>tmp/</c>, where everything is made before it is renamed into place. A lock beside
/// it says that the process lives; folders whose lock is free belong to the dead and are removed when a store is opened.
/// </summary>
internal sealed class TempFolder : IDisposable
{
    private const string LockSuffix = ".lock";
    private readonly string root;
    private readonly string name;
    private readonly FileLock alive;
    private readonly bool ownsRoot;
    private int count;

    private TempFolder(string root, string name, FileLock alive, bool ownsRoot)
    {
        this.ownsRoot = ownsRoot;
        this.root = root;
        this.name = name;
        this.alive = alive;
    }

    /// <param name="ownsRoot">The folder around it goes too, at the end.</param>
    internal static TempFolder Create(string root, bool ownsRoot = false)
    {
        Directory.CreateDirectory(root);
        while (true)
        {
            // Random, since ids of processes come back and mean different processes in different pid namespaces.
            var name = RandomNumberGenerator.GetHexString(16, lowercase: true);
            var alive = FileLock.TryAcquire(Path.Combine(root, name + LockSuffix));
            if (alive is null)
            {
                continue;
            }

            // A sweeper may have removed the name between its creation and the lock; then the lock guards nothing.
            if (File.Exists(Path.Combine(root, name + LockSuffix)))
            {
                Directory.CreateDirectory(Path.Combine(root, name));
                return new TempFolder(root, name, alive, ownsRoot);
            }

            alive.Dispose();
        }
    }

    /// <summary>A path in this folder that nothing uses.</summary>
    internal string NewPath() =>
        Path.Combine(root, name, Interlocked.Increment(ref count).ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes what processes left that are no more.</summary>
    internal static void Sweep(string root)
    {
        if (!Directory.Exists(root))
        {
            return;
        }

        foreach (var lockFile in Directory.EnumerateFiles(root, "*" + LockSuffix).ToArray())
        {
            using var dead = TryLock(lockFile);
            if (dead is not null)
            {
                TryRemove(root, Path.GetFileNameWithoutExtension(lockFile));
            }
        }
    }

    public void Dispose()
    {
        Remove(root, name);
        alive.Dispose();
        if (ownsRoot)
        {
            Directory.Delete(root);
        }
    }

    /// <summary>The lock file goes last: while it exists, the folder has an owner or a sweeper.</summary>
    private static void Remove(string root, string name)
    {
        using (var directory = DirectoryHandle.Open(root))
        {
            directory.RemoveTree(System.Text.Encoding.ASCII.GetBytes(name));
        }

        File.Delete(Path.Combine(root, name + LockSuffix));
    }

    /// <summary>What was made inside a user namespace an ordinary user cannot remove from outside: it waits for the next one inside.</summary>
    private static void TryRemove(string root, string name)
    {
        try
        {
            Remove(root, name);
        }
        catch (LinuxException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
        }
    }

    private static FileLock? TryLock(string lockFile) => File.Exists(lockFile) ? FileLock.TryAcquire(lockFile) : null;
}
