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

    internal static BuilderException ReadOnly(string what, Exception? cause = null) =>
        new(StorageErrors.ReadOnlyStore, $"the store is read-only: {what}", "what is in it can be listed, inspected, run and saved; to write, choose another with BUILDER_ROOT", inner: cause);

    /// <summary>Null when it is neither a full disk nor one that cannot be written.</summary>
    internal static BuilderException? Explain(IOException e) =>
        IsFull(e) ? Full(e)
        : (e.HResult & 0xffff) == (int)Errno.EROFS ? ReadOnly("nothing can be written", e)
        : null;
}
