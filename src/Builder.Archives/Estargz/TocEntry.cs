using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Archives.Tar;
using Builder.Diagnostics;

namespace Builder.Archives.Estargz;

/// <summary>The table of contents at the end of an estargz layer (stargz-snapshotter, docs/estargz.md "TOC").</summary>
internal sealed record Toc(int Version, IReadOnlyList<TocEntry> Entries)
{
    /// <summary>The name of the archive's entry that holds it.</summary>
    internal static ReadOnlySpan<byte> FileName => "stargz.index.json"u8;

    private static readonly TocJson Context = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    });

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Context.Toc);
}

/// <summary>An entry of the archive, or a further piece of a large file's content.</summary>
internal sealed record TocEntry
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public long Size { get; init; }

    [JsonPropertyName("modtime")]
    public string? Modified { get; init; }

    public string? LinkName { get; init; }

    public long Mode { get; init; }

    [JsonPropertyName("uid")]
    public long UserId { get; init; }

    [JsonPropertyName("gid")]
    public long GroupId { get; init; }

    /// <summary>Where the gzip member begins that starts with this content, in bytes of the blob.</summary>
    public long Offset { get; set; }

    [JsonPropertyName("devMajor")]
    public uint DeviceMajor { get; init; }

    [JsonPropertyName("devMinor")]
    public uint DeviceMinor { get; init; }

    public IReadOnlyDictionary<string, byte[]>? Xattrs { get; init; }

    /// <summary>Of the file's whole content.</summary>
    public string? Digest { get; set; }

    public long ChunkOffset { get; init; }

    /// <summary>0 for all that is left of the file.</summary>
    public long ChunkSize { get; init; }

    public string? ChunkDigest { get; init; }

    internal static TocEntry Of(TarEntry entry) => new()
    {
        Name = Text(entry.Name.Span) + (entry.Kind == TarEntryKind.Directory && entry.Name.Span[^1] != '/' ? "/" : ""),
        Type = entry.Kind switch
        {
            TarEntryKind.File => "reg",
            TarEntryKind.HardLink => "hardlink",
            TarEntryKind.SymbolicLink => "symlink",
            TarEntryKind.CharacterDevice => "char",
            TarEntryKind.BlockDevice => "block",
            TarEntryKind.Directory => "dir",
            _ => "fifo",
        },
        Size = entry.Size,
        Modified = TimeOf(entry.ModifiedSeconds),
        LinkName = entry.LinkName.IsEmpty ? null : Text(entry.LinkName.Span),
        Mode = entry.Mode,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
        DeviceMajor = entry.DeviceMajor,
        DeviceMinor = entry.DeviceMinor,
        Xattrs = entry.Xattrs.Count == 0 ? null : entry.Xattrs.ToDictionary(xattr => Text(xattr.Name.Span), xattr => xattr.Value.ToArray()),
    };

    /// <summary>RFC 3339, which ends with the year 9999 and has none before 1.</summary>
    private static string? TimeOf(long seconds) =>
        seconds >= DateTimeOffset.MinValue.ToUnixTimeSeconds() && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : null;

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new BuilderException(
                ArchiveErrors.Unrepresentable,
                $"the name '{Printable.Text(bytes)}' is not UTF-8, which the table of contents of an estargz layer has to be",
                "use another compression for this image");
        }
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}

[JsonSerializable(typeof(Toc))]
internal sealed partial class TocJson : JsonSerializerContext;
