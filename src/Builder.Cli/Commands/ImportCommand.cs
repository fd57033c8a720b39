using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Engine.Sources;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder import</c>: a tar of a root file system becomes an image.</summary>
internal static class ImportCommand
{
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "What the files are for (default: this machine)", HelpName = "platform" };
    private static readonly Argument<string> Archive = new("file") { Description = "The tar, compressed or not; - is standard input, http:// and https:// are fetched" };

    public static Command Create()
    {
        var command = new Command("import", "Make an image of a tar of files") { NewImage.Change, NewImage.Message, PlatformOption, Archive, NewImage.Name };
        command.SetAction((parsed, _) => Session.RunAsync((session, token) => ImportAsync(session, parsed, token)));
        return command;
    }

    private static async Task<int> ImportAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var name = NewImage.NameOf(parsed);
        var epoch = BuildCommand.SourceDateEpochOf(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"));
        var source = parsed.GetValue(Archive)!;
        await using var archive = WebFile.IsAddress(source)
            ? await WebFile.DownloadAsync(source, session.Store, new SourceOptions(), cancellationToken)
            : Open(source);
        var (manifest, id) = await new ImageImport(session.Store).ImportAsync(
            archive,
            new ImportRequest
            {
                Changes = parsed.GetValue(NewImage.Change) ?? [],
                Message = parsed.GetValue(NewImage.Message) ?? $"Imported from {WebFile.Shown(source)}",
                Platform = parsed.GetValue(PlatformOption) is { } platform ? Platform.Parse(platform) : null,
                Created = epoch is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : TimeProvider.System.GetUtcNow(),
            },
            cancellationToken);
        NewImage.Keep(session, name, manifest, id);
        return 0;
    }

    /// <summary>A file, or standard input for <c>-</c>.</summary>
    public static Stream Open(string path)
    {
        try
        {
            return path == "-" ? Terminal.OpenInput() : File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(CliErrors.NoInput, $"the archive {path} cannot be read", inner: e);
        }
    }
}
