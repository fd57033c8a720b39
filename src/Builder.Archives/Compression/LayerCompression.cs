using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Builder.Oci;

namespace Builder.Archives.Compression;

/// <summary>The forms in which a layer travels.</summary>
public enum LayerFormat
{
    Uncompressed,
    Gzip,
    Zstd,

    /// <summary>gzip, cut so that single files can be read without the rest (stargz-snapshotter, docs/estargz.md).</summary>
    Estargz,
}

/// <summary>How a layer is compressed. The same tar gives the same bytes, whatever the number of processors.</summary>
/// <param name="Level">Null for the format's own default.</param>
public sealed record LayerCompression(LayerFormat Format, int? Level = null)
{
    public static readonly LayerCompression Uncompressed = new(LayerFormat.Uncompressed);

    public static readonly LayerCompression Gzip = new(LayerFormat.Gzip);

    private const int MaxGzipLevel = 9;
    private const int MaxZstdLevel = 22;

    /// <summary>The names that <c>compression=</c> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = ["uncompressed", "gzip", "zstd", "estargz"];

    /// <summary>What tells one compression of a layer from another; safe in a file name.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Name}-{EffectiveLevel}");

    /// <summary>The OCI media type of such a layer.</summary>
    public string MediaType => Format switch
    {
        LayerFormat.Uncompressed => MediaTypes.OciLayer,
        LayerFormat.Zstd => MediaTypes.OciLayerZstd,
        _ => MediaTypes.OciLayerGzip,
    };

    public int EffectiveLevel => Format switch
    {
        LayerFormat.Uncompressed => 0,
        LayerFormat.Zstd => Level ?? ZstdCompressor.DefaultLevel,
        _ => Level ?? GzipWriterStream.DefaultLevel,
    };

    private string Name => Format.ToString().ToLowerInvariant();

    /// <summary>Reads a name and a level; null and why, when there is no such compression.</summary>
    public static LayerCompression? TryParse(string name, int? level, [NotNullWhen(false)] out string? problem)
    {
        LayerFormat? format = name switch
        {
            "uncompressed" or "none" => LayerFormat.Uncompressed,
            "gzip" => LayerFormat.Gzip,
            "zstd" => LayerFormat.Zstd,
            "estargz" => LayerFormat.Estargz,
            _ => null,
        };
        var highest = format == LayerFormat.Zstd ? MaxZstdLevel : MaxGzipLevel;
        problem = format is null ? $"unknown compression '{name}'"
            : level is not null && format == LayerFormat.Uncompressed ? "what is not compressed has no compression level"
            : level < 1 || level > highest ? $"the compression level {level} is not one of {name}, which has 1 to {highest}"
            : null;
        return problem is null ? new LayerCompression(format!.Value, level) : null;
    }

    /// <summary>Does the compression named here: what is written to the stream comes out compressed.</summary>
    /// <param name="destination">Stays open.</param>
    /// <param name="parallelism">How many threads; as many as there are processors by default.</param>
    internal Stream OpenWriter(Stream destination, int? parallelism) => Format switch
    {
        LayerFormat.Gzip => new GzipWriterStream(destination, EffectiveLevel, parallelism),
        LayerFormat.Zstd => ZstdCompressor.Open(destination, EffectiveLevel, parallelism),
        _ => throw new InvalidOperationException($"{Format} is no plain compression"),
    };
}
