using System.CommandLine;
using System.Text.Json;
using Builder.Diagnostics;

namespace Builder.Cli.Displays;

/// <summary>The <c>--format</c> of verbs whose result is no table: sentences for people, or one JSON object.</summary>
internal static class TextOrJson
{
    public static Option<string> Option() => new("--format") { Description = "text or json", DefaultValueFactory = _ => "text", HelpName = "format" };

    public static bool IsJson(ParseResult parsed, Option<string> option) => parsed.GetValue(option) switch
    {
        "json" => true,
        null or "" or "text" => false,
        var other => throw new BuilderException(CliErrors.Usage, $"unknown format '{other}'", "it is text or json"),
    };

    public static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
