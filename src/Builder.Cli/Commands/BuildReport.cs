using System.CommandLine;
using System.Text.Json;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Cli.Reports;
using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Explaining;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary>What a build leaves to read besides the image: why steps were not cached, the image's id, what came out.</summary>
internal sealed class BuildReport(ParseResult parsed)
{
    private static readonly Option<string?> Explain = new("--explain") { Description = "Tell of each step that runs why it was not cached: text (default), or json on standard output", Arity = ArgumentArity.ZeroOrOne, HelpName = "format" };
    private static readonly Option<string?> MetadataFile = new("--metadata-file") { Description = "Write digests and names of what was built to a file, as JSON", HelpName = "path" };
    private static readonly Option<string?> IdFile = new("--iidfile") { Description = "Write the image id to a file", HelpName = "path" };

    private static readonly Option<string?> ReportPath = new("--report") { Description = "Write a page for the browser: build graph, timings, cache, layers, packages", HelpName = "path" };

    private readonly List<CacheMiss> misses = [];

    public static IReadOnlyList<Option> Options => [Explain, MetadataFile, IdFile, ReportPath];

    /// <summary>For the builder to call; null when nobody asked.</summary>
    public Action<CacheMiss>? Missed => parsed.GetResult(Explain) is null && parsed.GetValue(ReportPath) is null ? null : misses.Add;

    /// <summary>Whether the reasons are for the display too, or for the page only.</summary>
    public bool ShowsMisses => parsed.GetResult(Explain) is not null;

    private bool IsJson => parsed.GetResult(Explain) is not null && parsed.GetValue(Explain) switch
    {
        null or "text" or "true" => false,
        "json" => true,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}' of --explain", "it is text or json, written --explain=json"),
    };

    /// <summary>Before anything is built: whether the options make sense.</summary>
    public void Validate() => _ = IsJson;

    /// <summary>Writes what is known, of a build that failed too.</summary>
    /// <param name="result">Null when it failed.</param>
    /// <param name="pushed">The manifest as registries got it; null when it was not pushed.</param>
    /// <param name="toStdout">Whether standard output is for the image id, or for an image.</param>
    public void Write(BuildRequest request, BuildResult? result, Descriptor? pushed, bool toStdout)
    {
        if (result is not null && parsed.GetValue(IdFile) is { } idFile)
        {
            WriteFile(idFile, result.ImageId.ToString());
        }

        if (result is not null && parsed.GetValue(MetadataFile) is { } metadataFile)
        {
            WriteFile(metadataFile, MetadataOf(request, result, pushed) + "\n");
        }

        if (IsJson)
        {
            Terminal.WriteLine(MissesOf(result));
        }
        else if (result is not null && toStdout)
        {
            Terminal.WriteLine(result.ImageId.ToString());
        }
    }

    /// <summary>Writes the page, if somebody wants one now, and keeps what <c>builder report</c> may be asked for later.</summary>
    /// <param name="failure">Why the build failed; null when it did not.</param>
    public void WritePage(Session session, BuildRequest request, BuildLedger ledger, BuildResult? result, string? failure, CancellationToken cancellationToken)
    {
        // A build that found all in the cache has less to tell than the one that filled it.
        var isWorthKeeping = result is not null && (ledger.AnythingRan || !BuildRecord.IsKept(session.Store, result.ImageId));
        var path = parsed.GetValue(ReportPath);
        if (path is null && !isWorthKeeping)
        {
            return;
        }

        var build = BuildRecord.Of(ledger.Close(withSavings: path is not null || ledger.AnythingRan));
        if (isWorthKeeping)
        {
            build.Keep(session.Store, result!.ImageId);
        }

        if (path is not null)
        {
            var subject = request.Names.Count > 0 ? request.Names[0].Familiar : request.Context;
            ReportFile.Write(path, ReportFile.OfBuild(session.Store, subject, request.Names, build, result, failure, cancellationToken));
        }
    }

    /// <summary>The keys that <c>docker buildx build</c> writes.</summary>
    private static string MetadataOf(BuildRequest request, BuildResult result, Descriptor? pushed) => JsonText.Write(json =>
    {
        var target = pushed ?? result.Manifest;
        if (!MediaTypes.IsIndex(target.MediaType))
        {
            json.WriteString("containerimage.config.digest", result.ImageId.ToString());
        }

        json.WriteStartObject("containerimage.descriptor");
        json.WriteString("mediaType", target.MediaType);
        json.WriteString("digest", target.Digest.ToString());
        json.WriteNumber("size", target.Size);
        if (result.Manifest.Platform is { } platform)
        {
            json.WriteStartObject("platform");
            json.WriteString("architecture", platform.Architecture);
            json.WriteString("os", platform.Os);
            if (platform.Variant is { } variant)
            {
                json.WriteString("variant", variant);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteString("containerimage.digest", target.Digest.ToString());
        if (request.Names.Count > 0)
        {
            json.WriteString("image.name", string.Join(',', request.Names));
        }
    });

    private string MissesOf(BuildResult? result) => JsonText.Write(json =>
    {
        if (result is not null)
        {
            json.WriteString("imageId", result.ImageId.ToString());
        }

        json.WriteStartArray("steps");
        foreach (var miss in misses)
        {
            Write(json, miss);
        }

        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, CacheMiss miss)
    {
        json.WriteStartObject();
        json.WriteString("step", miss.Step);
        json.WriteString("instruction", miss.Instruction);
        json.WriteString("file", miss.File);
        if (miss.Line is { } line)
        {
            json.WriteNumber("line", line);
        }

        json.WriteString("why", miss.Why);
        if (miss.Cause is { } cause)
        {
            json.WriteString("cause", cause);
        }

        if (miss.CauseLine is { } causeLine)
        {
            json.WriteNumber("causeLine", causeLine);
        }

        json.WriteStartArray("changes");
        foreach (var change in miss.Changes)
        {
            json.WriteStartObject();
            json.WriteString("part", change.Part);
            json.WriteString("before", change.Before);
            json.WriteString("now", change.Now);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in miss.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("change", file.Change);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFile(string path, string content)
    {
        try
        {
            File.WriteAllText(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the file {path} cannot be written", inner: e);
        }
    }
}
