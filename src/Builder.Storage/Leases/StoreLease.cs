using Builder.Linux.Files;

namespace Builder.Storage.Leases;

/// <summary>
/// Says that a process uses the store, which keeps everything in it from being collected; the kernel takes it back when
/// the process ends. Readers and writers share it and never wait for one another.
/// </summary>
internal sealed class StoreLease : IDisposable
{
    private const string FileName = "users.lock";
    private readonly FileLock users;

    private StoreLease(FileLock users) => this.users = users;

    internal static StoreLease Acquire(string folder) =>
        new(FileLock.Share(Path.Combine(folder, FileName)));

    /// <summary>Whether the caller became the only user, for as long as the result is held; null while others use the store.</summary>
    internal IDisposable? TryBeAlone() => users.TryUpgrade();

    public void Dispose() => users.Dispose();
}
