using Builder.Oci;
using Builder.Storage.Records;
using Builder.Storage.Snapshots;

namespace Builder.Storage.Steps;

/// <summary>The results of steps that ran before, one small file for each key. An entry is only as good as its snapshot.</summary>
public sealed class StepCache
{
    private readonly string folder;
    private readonly AtomicFile files;
    private readonly SnapshotStore snapshots;

    internal StepCache(string folder, AtomicFile files, SnapshotStore snapshots)
    {
        this.folder = folder;
        this.files = files;
        this.snapshots = snapshots;
    }

    /// <summary>What the step came to; null when it never ran, or when its snapshot has been removed since.</summary>
    public StepRecord? Find(Digest key) =>
        StorageJson.TryRead(PathOf(key), StorageJson.Types.StepRecord) is { } record && snapshots.Contains(record.SnapshotId) ? record : null;

    /// <summary>Remembers a result in place of any earlier one.</summary>
    public void Set(Digest key, StepRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
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
        [.. Keys().Select(key => (Key: key, Record: Find(key))).Where(entry => entry.Record is not null).Select(entry => (entry.Key, entry.Record!))];

    internal IEnumerable<Digest> Keys() =>
        Directory.EnumerateFiles(folder, "*.json")
            .Select(path => Digest.TryParse($"{Digest.Algorithm}:{Path.GetFileNameWithoutExtension(path)}", out var key) ? key : default)
            .Where(key => !key.IsDefault)
            .Order();

    private string PathOf(Digest key) => Path.Combine(folder, key.Hex + ".json");
}
