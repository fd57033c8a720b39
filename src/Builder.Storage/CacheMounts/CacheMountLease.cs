using Builder.Linux.Files;

namespace Builder.Storage.CacheMounts;

/// <summary>A directory of a cache, for as long as this is held; the kernel ends that for a process that dies.</summary>
public sealed class CacheMountLease : IDisposable
{
    private readonly FileLock held;

    internal CacheMountLease(string path, FileLock held) => (Path, this.held) = (path, held);

    /// <summary>The directory itself: nothing in it is Builder's.</summary>
    public string Path { get; }

    public void Dispose() => held.Dispose();
}
