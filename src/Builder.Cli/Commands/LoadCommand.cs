using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;

namespace Builder.Cli.Commands;

/// <summary><c>builder load</c>: images of a docker or OCI archive into the store.</summary>
internal static class LoadCommand
{
    private static readonly Option<string?> Input = new("--input", "-i") { Description = "The archive, or folder with an OCI layout, to read (default: standard input)", HelpName = "path" };
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print nothing" };

    private static readonly Option<string> Format = TextOrJson.Option();

    public static Command Create()
    {
        var command = new Command("load", "Read images from an archive") { Input, Quiet, Format };
        command.SetAction((parsed, _) => Session.RunAsync((session, token) => Task.FromResult(Load(session, parsed, token))));
        return command;
    }

    private static int Load(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isJson = TextOrJson.IsJson(parsed, Format);
        var loaded = Load(new ImageTransfer(session.Store), parsed.GetValue(Input), cancellationToken);
        if (isJson)
        {
            Terminal.WriteLine(JsonOf(loaded));
            return 0;
        }

        foreach (var image in loaded)
        {
            if (parsed.GetValue(Quiet))
            {
                continue;
            }

            foreach (var name in image.Names)
            {
                Terminal.WriteLine($"Loaded image: {name.Familiar}");
            }

            if (image.Names.Count == 0)
            {
                Terminal.WriteLine($"Loaded image ID: {image.Id}");
            }
        }

        return 0;
    }

    private static string JsonOf(IReadOnlyList<LoadedName> loaded) => JsonText.Write(json =>
    {
        json.WriteStartArray("images");
        foreach (var image in loaded)
        {
            json.WriteStartObject();
            json.WriteString("id", image.Id.ToString());
            TextOrJson.WriteList(json, "names", image.Names.Select(name => name.Familiar));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static IReadOnlyList<LoadedName> Load(ImageTransfer transfer, string? path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            return transfer.LoadFolder(path, cancellationToken);
        }

        using var archive = Open(path);
        return transfer.Load(archive, cancellationToken);
    }

    private static Stream Open(string? path)
    {
        try
        {
            return path is null ? Terminal.OpenInput() : File.OpenRead(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(CliErrors.NoInput, $"the archive {path} cannot be read", inner: e);
        }
    }
}
