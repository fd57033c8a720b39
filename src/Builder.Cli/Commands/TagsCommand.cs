using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Registry;

namespace Builder.Cli.Commands;

/// <summary><c>builder tags</c>: what a repository of a registry offers.</summary>
internal static class TagsCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<string> Format = new("--format") { Description = "lines or json", DefaultValueFactory = _ => "lines", HelpName = "format" };
    private static readonly Argument<string> Repository = new("repository") { Description = "[registry/]name" };

    public static Command Create()
    {
        var command = new Command("tags", "List the tags of a repository in a registry") { Format, Repository };
        Flags.AddTo(command);
        command.SetAction((parsed, _) => Session.GuardAsync(token => ListAsync(parsed, token)));
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var format = parsed.GetValue(Format);
        if (format is not ("lines" or "json"))
        {
            throw new BuilderException(CliErrors.Usage, $"unknown format '{format}'", "it is lines or json");
        }

        var repository = ShortNames.Resolve(parsed.GetValue(Repository)!);
        using var registry = new RegistryClient(Flags.Options(parsed, repository.Domain));
        var tags = new List<string>();
        await foreach (var tag in registry.ListTagsAsync(repository, cancellationToken: cancellationToken))
        {
            tags.Add(tag);
        }

        // Registries differ on the order.
        tags.Sort(StringComparer.Ordinal);
        if (format == "json")
        {
            Terminal.WriteLine(Json(repository.Repository, tags));
        }
        else
        {
            tags.ForEach(tag => Terminal.WriteLine(Terminal.Harmless(tag)));
        }

        return 0;
    }

    private static string Json(string repository, IEnumerable<string> tags)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("Repository", repository);
            json.WriteStartArray("Tags");
            foreach (var tag in tags)
            {
                json.WriteStringValue(tag);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
