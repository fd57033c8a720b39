using System.CommandLine;
using System.Text.Json;
using Builder.Cli.Calls;
using Builder.Cli.Containers;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Anatomy;
using Builder.Engine.Containers.Working;
using Builder.Engine.Explaining;
using Builder.Engine.Images;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary>
/// <c>builder diff CONTAINER</c>: what a container has added (A), changed (C) and deleted (D). <c>builder diff IMAGE-A IMAGE-B</c>: the
/// same of two images, whatever layers the files come from, and how their configs differ.
/// </summary>
internal static class DiffCommand
{
    private static readonly RowField[] Fields = [new("Type", "CHANGE TYPE"), new("Path", "PATH")];
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Type}} {{.Path}}'", HelpName = "format" };
    private static readonly Option<string?> PlatformOption = new("--platform") { Description = "Which image of an index, as os/arch[/variant]", HelpName = "platform" };
    private static readonly Argument<string> First = new("container") { Description = "Name or id of a container, or of the first of two images" };
    private static readonly Argument<string?> Second = new("image") { Description = "Name or id of the second image", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("diff", "Show what a container has changed, or how two images differ file by file") { Format, PlatformOption, First, Second };
        command.SetAction((parsed, _) => parsed.GetValue(Second) is { } second
            ? Session.RunAsRootAsync((session, token) => Task.FromResult(Compare(session, parsed, second, token)))
            : ContainerSession.RunAsync([parsed.GetValue(First)!], (session, token) => Task.FromResult(Show(session, parsed, token))));
        return command;
    }

    private static int Show(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var changes = new ContainerChanges(session.Store).List(session.Store.Containers.Get(parsed.GetValue(First)!), cancellationToken);
        RowFormat.Write(parsed.GetValue(Format) ?? "{{.Type}} {{.Path}}", Fields, [.. changes.Select(change => (string[])[change.Kind.ToString(), change.Path])]);
        return 0;
    }

    private static int Compare(Session session, ParseResult parsed, string second, CancellationToken cancellationToken)
    {
        var catalog = new ImageCatalog(session.Store);
        StoredImage Find(string name) => parsed.GetValue(PlatformOption) is { } platform ? catalog.Get(name, Platform.Parse(platform)) : catalog.Get(name);
        var (before, after) = (Find(parsed.GetValue(First)!), Find(second));
        var words = ImageComparer.CompareWords(before, after);
        var files = new ImageComparer(session.Store).CompareFiles(before, after, cancellationToken);
        switch (parsed.GetValue(Format))
        {
            case null or "":
                Write(words, files);
                break;
            case "json":
                Terminal.WriteLine(JsonOf(before, after, words, files));
                break;
            case var format:
                RowFormat.Write(format, Fields, [.. files.Select(file => (string[])[file.Kind.ToString(), "/" + file.Path])]);
                break;
        }

        return 0;
    }

    private static void Write(IReadOnlyList<ImageDifference> words, IReadOnlyList<FileDifference> files)
    {
        if (words.Count == 0 && files.Count == 0)
        {
            Terminal.WriteLine("the images are alike");
        }

        if (words.Count > 0)
        {
            ExplainCommand.Write(words, Terminal.WriteLine);
        }

        foreach (var file in files)
        {
            var how = file is { Before: { } before, After: { } after } ? $" ({before.Without(after)} → {after.Without(before)})" : "";
            Terminal.WriteLine(Terminal.Harmless($"{file.Kind} /{file.Path}{how}"));
        }
    }

    private static string JsonOf(StoredImage before, StoredImage after, IReadOnlyList<ImageDifference> words, IReadOnlyList<FileDifference> files) => JsonText.Write(json =>
    {
        json.WriteString("before", before.Id.ToString());
        json.WriteString("after", after.Id.ToString());
        ExplainCommand.WriteDifferences(json, "config", words);
        json.WriteStartArray("files");
        foreach (var file in files)
        {
            json.WriteStartObject();
            json.WriteString("type", file.Kind.ToString());
            json.WriteString("path", "/" + file.Path);
            WriteFacts(json, "before", file.Before);
            WriteFacts(json, "after", file.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static void WriteFacts(Utf8JsonWriter json, string name, FileFacts? facts)
    {
        if (facts is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("kind", facts.Kind);
        json.WriteString("mode", facts.Mode);
        json.WriteString("owner", facts.Owner);
        json.WriteString("modified", facts.Modified);
        json.WriteNumber("size", facts.Size);
        json.WriteString("content", facts.Content);
        json.WriteString("attributes", facts.Attributes);
        json.WriteEndObject();
    }
}
