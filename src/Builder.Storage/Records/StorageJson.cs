using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Storage.Containers;
using Builder.Storage.Layers;
using Builder.Storage.Steps;
using Builder.Storage.Transfers;

namespace Builder.Storage.Records;

/// <summary>The store's own small files, as JSON that people can read too.</summary>
internal static class StorageJson
{
    internal const int MaxRecordSize = 1024 * 1024;
    internal const string RepairHint = "'builder check-store' says what it concerns; with --repair it puts the store in order";

    internal static readonly StorageJsonContext Types = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });

    /// <summary>The record, and a check of its bytes: a flipped bit must not make one record into another.</summary>
    internal static byte[] Write<T>(T record, JsonTypeInfo<T> type) => RecordCheck.Append(JsonSerializer.SerializeToUtf8Bytes(record, type));

    /// <summary>The record in a file; null when there is no file, or nothing in it.</summary>
    /// <exception cref="BuilderException"><see cref="StorageErrors.Corrupt"/>.</exception>
    internal static T? TryRead<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        // Records that can be made again are not synced: a power cut may leave a name without content.
        if (AtomicFile.TryRead(path, MaxRecordSize) is not { Length: > 0 } json)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(RecordCheck.Remove(json), type) ?? throw new JsonException("the record is null");
        }
        catch (JsonException e)
        {
            throw new BuilderException(StorageErrors.Corrupt, $"the record {path} is damaged: {e.Message}", RepairHint, inner: e);
        }
    }
}

/// <summary>What the store's folder is, so that another version or another kind of user does not misread it.</summary>
internal sealed record StoreRecord(int Version, bool UserXattrs);

/// <param name="Reference">Null for an image that has lost its name.</param>
internal sealed record NameRecord(string? Reference, Descriptor Target)
{
    /// <summary>The digest of the repository that the name was pulled by; null when it is the target's own, or none.</summary>
    public Digest? RepositoryDigest { get; init; }
}

internal sealed record SnapshotRecord(string? Parent, Digest? ChainId, DiffId? DiffId, DateTimeOffset? Created)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWhole { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDeferred { get; init; }
}

/// <summary>Which snapshot makes a layer's bytes again, and with which option.</summary>
internal sealed record PromiseRecord(string Snapshot, long? SourceDateEpoch)
{
    /// <summary>The layer is all that lies between <see cref="Below"/>, or nothing, and the snapshot.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Squashed { get; init; }

    public string? Below { get; init; }
}

/// <summary>What a cache mount's folder is the digest of.</summary>
internal sealed record CacheMountRecord(string Id, string? Origin, uint? Mode, uint? Uid, uint? Gid);

/// <summary>Which blob holds a layer, compressed or not.</summary>
internal sealed record BlobRecord(Descriptor Blob);

/// <summary>The blob that a layer became in one compression, and the diff ID of the tar in it.</summary>
internal sealed record EncodedRecord(Descriptor Blob, DiffId DiffId);

/// <summary>Which snapshot a stack of layers already is.</summary>
internal sealed record ChainRecord(string Snapshot);

/// <summary>A container between two stores, and what its files are for.</summary>
internal sealed record MovedContainer(ContainerRecord Record, Platform Platform);

/// <summary>How many bytes a snapshot's files have.</summary>
internal sealed record UsageRecord(long Bytes);

/// <summary>How old the step was, run elsewhere, that an unpacked layer is the result of.</summary>
internal sealed record CreatedRecord(DateTimeOffset Created);

[JsonSerializable(typeof(ChainRecord))]
[JsonSerializable(typeof(CreatedRecord))]
[JsonSerializable(typeof(UsageRecord))]
[JsonSerializable(typeof(StoreRecord))]
[JsonSerializable(typeof(NameRecord))]
[JsonSerializable(typeof(SnapshotRecord))]
[JsonSerializable(typeof(PromiseRecord))]
[JsonSerializable(typeof(BlobRecord))]
[JsonSerializable(typeof(CompressedRecord))]
[JsonSerializable(typeof(PlacesRecord))]
[JsonSerializable(typeof(EncodedRecord))]
[JsonSerializable(typeof(LayerInfo))]
[JsonSerializable(typeof(CacheMountRecord))]
[JsonSerializable(typeof(StepRecord))]
[JsonSerializable(typeof(MovedContainer))]
[JsonSerializable(typeof(ContainerRecord))]
[JsonSerializable(typeof(ContainerState))]
internal sealed partial class StorageJsonContext : JsonSerializerContext;
