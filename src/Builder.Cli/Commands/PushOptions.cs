using System.CommandLine;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Engine.Pushing;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary>What <c>push</c>, <c>manifest push</c> and <c>build --push</c> have in common.</summary>
internal static class PushOptions
{
    public static Option<string?> Compression { get; } = new("--compression", "--compression-format") { Description = "How layers are compressed that are not yet: gzip (default), zstd, estargz or none", HelpName = "kind" };

    public static Option<int?> Level { get; } = new("--compression-level") { Description = "1 (fast) to 9 (small) for gzip, to 22 for zstd", HelpName = "n" };

    public static Option<bool> Force { get; } = new("--force-compression") { Description = "Compress layers again that are compressed in another way" };

    public static Option<string?> Format { get; } = new("--format", "-f") { Description = "oci or docker (default: as the image is)", HelpName = "format" };

    public static Option<string?> DigestFile { get; } = new("--digestfile") { Description = "Write the pushed image's digest to a file", HelpName = "path" };

    public static Option<bool> Quiet { get; } = new("--quiet", "-q") { Description = "Print the name of what was pushed and nothing else" };

    public static PushRequest With(this PushRequest request, ParseResult parsed) => request with
    {
        Compression = CompressionOf(parsed.GetValue(Compression), parsed.GetValue(Level)),
        ForceCompression = parsed.GetValue(Force),
        Format = FormatOf(parsed.GetValue(Format)),
    };

    private static LayerCompression CompressionOf(string? name, int? level) =>
        LayerCompression.TryParse(name ?? "gzip", level, out var problem)
        ?? throw new BuilderException(Engine.EngineErrors.BadCompression, problem!, "it is one of " + string.Join(", ", LayerCompression.Names));

    public static PushFormat FormatOf(string? text) => text switch
    {
        null => PushFormat.AsIs,
        "oci" => PushFormat.Oci,
        "docker" or "v2s2" => PushFormat.Docker,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}'", "it is oci or docker"),
    };

    public static async Task WriteDigestAsync(string? path, Digest digest, CancellationToken cancellationToken)
    {
        if (path is not null)
        {
            await File.WriteAllTextAsync(path, digest.ToString(), cancellationToken);
        }
    }
}
