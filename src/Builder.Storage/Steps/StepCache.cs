using Builder.Oci;
using Builder.Storage.Leases;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Steps;

/// <summary>The results of steps that ran before, one small file for each key. An entry is only as good as its snapshot.</summary>
public sealed class StepCache
{
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly SnapshotStore snapshots;
    private readonly StoreLeases leases;
    private readonly TimeProvider time;

    internal StepCache(string folder, AtomicFile files, SnapshotStore snapshots, StoreLeases leases, TimeProvider time)
    {
        this.leases = leases;
        this.time = time;
        this.folder = folder;
        this.files = files;
        this.snapshots = snapshots;
    }

    /// <summary>What the step came to; null when it never ran, or when its snapshot has been removed since.</summary>
    public StepRecord? Find(Digest key)
    {
        var record = Read(key);
        if (record is null || !snapshots.Contains(record.SnapshotId))
        {
            return null;
        }

        Touch(key);
        return record;
    }

    /// <summary>How long a step took when it ran; null when that is not known. Nothing is held or touched.</summary>
    public TimeSpan? TookOf(Digest key) => Read(key)?.Took;

    /// <summary>Remembers a result in place of any earlier one.</summary>
    public void Set(Digest key, StepRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        leases.Hold(LeaseKey.OfStep(key));
        leases.AnnounceRoot();
        files.Write(PathOf(key), StorageJson.Write(record, StorageJson.Types.StepRecord));
    }

    public bool Remove(Digest key)
    {
        var existed = File.Exists(PathOf(key));
        File.Delete(PathOf(key));
        return existed;
    }

    /// <summary>All entries whose snapshot exists, by key; for explaining why a step was not found.</summary>
    public IReadOnlyList<(Digest Key, StepRecord Record)> List() =>
        [.. from key in Keys()
            let record = Read(key)
            where record is not null && snapshots.Read(record.SnapshotId) is not null
            select (key, record)];

    /// <summary>All entries, also those whose snapshot is gone, the last used first; nothing held. For explaining why a step was not found.</summary>
    public IReadOnlyList<PastStep> History() =>
        [.. (from key in Keys()
             let record = Read(key)
             where record is not null
             select new PastStep(key, record, LastUsed(key), snapshots.Read(record.SnapshotId) is not null)).OrderByDescending(step => step.LastUsed)];

    /// <summary>An entry as it is on the disk, nothing held.</summary>
    internal StepRecord? Read(Digest key) => files.TryReadRecord(PathOf(key), StorageJson.Types.StepRecord);

    /// <summary>When the entry was last of use: the modification time of its file.</summary>
    internal DateTimeOffset LastUsed(Digest key) => new(File.GetLastWriteTimeUtc(PathOf(key)), TimeSpan.Zero);

    internal IEnumerable<Digest> Keys() =>
        Directory.EnumerateFiles(folder, "*.json")
            .Select(path => Digest.TryParse($"{Digest.Algorithm}:{Path.GetFileNameWithoutExtension(path)}", out var key) ? key : default)
            .Where(key => !key.IsDefault)
            .Order();

    private void Touch(Digest key)
    {
        try
        {
            File.SetLastWriteTimeUtc(PathOf(key), time.GetUtcNow().UtcDateTime);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A store that is read-only, or an entry that another process has just removed: the result is as good.
        }
    }

    internal string PathOf(Digest key) => Path.Combine(folder, key.Hex + ".json");
}

/// <summary>An entry of the step cache, as somebody looks at it who wants to know what was.</summary>
/// <param name="IsThere">Whether its result still exists.</param>
public sealed record PastStep(Digest Key, StepRecord Record, DateTimeOffset LastUsed, bool IsThere);
