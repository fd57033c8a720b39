using Builder.Diagnostics;
using Builder.Linux;

namespace Builder.Storage.Records;

/// <summary>Failures of the disk, in words that say what to do.</summary>
internal static class DiskErrors
{
    private const string FreeSpace = "free some space, or remove what is not needed with 'builder prune'";

    /// <summary>.NET puts the errno of a failed write into HResult.</summary>
    internal static bool IsFull(IOException e) => (e.HResult & 0xffff) is (int)Errno.ENOSPC or (int)Errno.EDQUOT;

    internal static bool IsFull(LinuxException e) => e.Errno is Errno.ENOSPC or Errno.EDQUOT;

    internal static BuilderException Full(Exception cause) =>
        new(StorageErrors.DiskFull, "the store's disk is full", FreeSpace, inner: cause);
}
