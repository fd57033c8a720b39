using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Builder.Linux.Files;
using Builder.Storage.Records;

namespace Builder.Storage.Leases;

/// <summary>
/// What this process relies on. Whoever looks for an object holds it first and looks then; a collector removes only what it
/// can have alone. So nothing vanishes under a build, no one waits for anyone but a collector that is just removing that
/// very object, and the kernel takes back what a dead process held (spec/store.md, "Leases").
/// </summary>
internal sealed class StoreLeases : IDisposable
{
    private const string LocksFile = "objects.lock";
    private const string RootsFile = "roots";
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly RangeLocks? locks;
    private readonly ConcurrentDictionary<LeaseKey, bool> held = new();

    internal StoreLeases(string folder, AtomicFile files, bool readOnly)
    {
        this.folder = folder;
        this.files = files;
        locks = RangeLocks.Open(Path.Combine(folder, LocksFile), readOnly);
    }

    /// <summary>Keeps an object, whether it is there already or not, until this process ends or lets go of everything.</summary>
    internal void Hold(LeaseKey key)
    {
        if (!held.ContainsKey(key))
        {
            locks?.Share(key.Offset);
            held.TryAdd(key, true);
        }
    }

    /// <summary>Before the process removes things itself: its own leases are in nobody's way then.</summary>
    internal void ReleaseAll()
    {
        held.Clear();
        locks?.ReleaseAll();
    }

    /// <summary>Another owner of locks: for a collector, whom this process's own leases stop like anybody's.</summary>
    internal RangeLocks OpenOwner() => RangeLocks.Open(Path.Combine(folder, LocksFile), readOnly: false)!;

    /// <summary>
    /// Says that something which keeps objects alive (a name, a step, a promise) is about to be written. A collector that has
    /// looked at them before then looks again: the writer may have ended, and its leases with it.
    /// </summary>
    internal void AnnounceRoot() =>
        files.Write(Path.Combine(folder, RootsFile), Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(16, lowercase: true)));

    /// <summary>Differs from what it was before whenever something has been announced meanwhile.</summary>
    internal string RootsVersion() =>
        AtomicFile.TryRead(Path.Combine(folder, RootsFile), limit: 64) is { } version ? Encoding.ASCII.GetString(version) : "";

    public void Dispose() => locks?.Dispose();
}
