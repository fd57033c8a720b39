using System.CommandLine;
using System.Text.Json;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Engine.Explaining;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary><c>builder explain</c>: how two images differ, from what they say to the files of their layers.</summary>
internal static class ExplainCommand
{
    private static readonly Option<string> Format = new("--format") { Description = "text or json", DefaultValueFactory = _ => "text", HelpName = "format" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of an index, as os/arch[/variant]", HelpName = "platform" };
    private static readonly Argument<string> Before = new("image-a") { Description = "Name or id of an image" };
    private static readonly Argument<string> After = new("image-b") { Description = "Name or id of another" };

    public static Command Create()
    {
        var command = new Command("explain", "Tell how two images differ") { Format, PlatformOption, Before, After };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Explain(session, parsed, token))));
        return command;
    }

    private static int Explain(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var catalog = new ImageCatalog(session.Store);
        StoredImage Find(string name) => parsed.GetValue(PlatformOption) is { } platform ? catalog.Get(name, Platform.Parse(platform)) : catalog.Get(name);
        var differences = new ImageComparer(session.Store).Compare(Find(parsed.GetValue(Before)!), Find(parsed.GetValue(After)!), cancellationToken);
        if (parsed.GetValue(Format) == "json")
        {
            Terminal.WriteLine(JsonOf(differences));
        }
        else if (parsed.GetValue(Format) != "text")
        {
            throw new Diagnostics.BuilderException(CliErrors.Usage, $"unknown format '{parsed.GetValue(Format)}'", "it is text or json");
        }
        else
        {
            Write(differences, Terminal.WriteLine);
        }

        return 0;
    }

    /// <summary>A line for each difference: what it is, what it was, what it is now.</summary>
    public static void Write(IReadOnlyList<ImageDifference> differences, Action<string> writeLine)
    {
        if (differences.Count == 0)
        {
            writeLine("the images are alike");
        }

        foreach (var (what, before, after) in differences)
        {
            writeLine(Terminal.Harmless($"{what}: {before ?? "(none)"} → {after ?? "(none)"}"));
        }
    }

    private static string JsonOf(IReadOnlyList<ImageDifference> differences) => JsonText.Write(json => WriteDifferences(json, "differences", differences));

    public static void WriteDifferences(Utf8JsonWriter json, string name, IReadOnlyList<ImageDifference> differences)
    {
        json.WriteStartArray(name);
        foreach (var difference in differences)
        {
            json.WriteStartObject();
            json.WriteString("what", difference.What);
            json.WriteString("before", difference.Before);
            json.WriteString("after", difference.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
