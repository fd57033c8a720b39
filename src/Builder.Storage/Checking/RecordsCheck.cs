using System.Text.Json.Serialization.Metadata;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Names;
using Builder.Storage.Records;

namespace Builder.Storage.Checking;

/// <summary>Every record can be read and says what its name says.</summary>
internal static class RecordsCheck
{
    internal static void Run(BuilderStore store, bool repair, List<StoreFinding> findings)
    {
        CheckNames(store, repair, findings);
        foreach (var id in store.Containers.Ids().ToArray())
        {
            // Nothing else says what the container was, and its files may be dear to somebody: it is named, not removed.
            if (DamageOf(store.Containers.PathOf(id), StorageJson.Types.ContainerRecord) is { } damage)
            {
                findings.Add(new StoreFinding(FindingKind.Damage, $"container {id}", damage, $"save what you need of containers/{id}/fs, and remove that folder", false));
            }
        }

        foreach (var key in store.Steps.Keys().ToArray())
        {
            Check($"step {key}", store.Steps.PathOf(key), StorageJson.Types.StepRecord, repair, "the step runs again", findings);
        }

        foreach (var layer in store.LayerRecords.List().Where(layer => layer.Blob is null && layer.Snapshot is null).ToArray())
        {
            Remove($"layer {layer.DiffId}", layer.Path, "the record of where its bytes come from is damaged", repair, "forgotten", findings);
        }

        foreach (var chain in store.Chains.List().Where(chain => chain.SnapshotId is null).ToArray())
        {
            Remove($"stack {chain.ChainId}", chain.Path, "the record of its snapshot is damaged", repair, "forgotten", findings);
        }
    }

    private static void CheckNames(BuilderStore store, bool repair, List<StoreFinding> findings)
    {
        foreach (var path in store.Names.Paths().ToArray())
        {
            var damage = DamageOf(path, StorageJson.Types.NameRecord);
            if (damage is null)
            {
                continue;
            }

            // The list for other tools has the name too, if the image is whole.
            var listed = store.LayoutIndex.TryRead()?.FirstOrDefault(entry => LayoutIndexFile.NameOf(entry) is { } name && store.Names.PathOf(name) == path);
            var subject = listed is null ? $"name {Path.GetFileNameWithoutExtension(path)}" : $"name {LayoutIndexFile.NameOf(listed)!.Familiar}";
            if (!repair)
            {
                findings.Add(new StoreFinding(FindingKind.Damage, subject, damage, listed is null ? "with --repair it is removed" : "--repair restores it from index.json", false));
                continue;
            }

            File.Delete(path);
            if (listed is not null)
            {
                store.Names.Set(LayoutIndexFile.NameOf(listed)!, new Descriptor(listed.MediaType, listed.Digest, listed.Size) { Platform = listed.Platform });
            }

            findings.Add(new StoreFinding(FindingKind.Damage, subject, damage, listed is null ? "removed: tag, build or load the image again" : "restored from index.json", true));
        }
    }

    private static void Check<T>(string subject, string path, JsonTypeInfo<T> type, bool repair, string remedy, List<StoreFinding> findings)
        where T : class
    {
        if (DamageOf(path, type) is { } damage)
        {
            Remove(subject, path, damage, repair, remedy, findings);
        }
    }

    private static void Remove(string subject, string path, string damage, bool repair, string remedy, List<StoreFinding> findings)
    {
        if (repair)
        {
            File.Delete(path);
        }

        findings.Add(new StoreFinding(FindingKind.Damage, subject, damage, repair ? $"removed: {remedy}" : $"with --repair it is removed, and {remedy}", repair));
    }

    private static string? DamageOf<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return StorageJson.TryRead(path, type) is null && File.Exists(path) ? "the record is empty" : null;
        }
        catch (BuilderException e) when (e.Code == StorageErrors.Corrupt)
        {
            return e.Message;
        }
    }
}
