using System.Buffers;
using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Builder.Cli.Help;

namespace Builder.Cli.Configuration;

/// <summary>The JSON schema of <c>builder.json</c>, from the definitions of the command line, for editors to check and complete by.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(Command root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "builder.json");
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            json.WriteStartObject("$schema");
            json.WriteString("type", "string");
            json.WriteEndObject();
            WriteVerb(json, ConfigurationFile.EveryVerb, HelpTexts.EveryCommand, root.Options.Where(option => option.Recursive));
            foreach (var path in HelpPage.PathsOf(root).Where(path => path.Count > 1 && path[^1].Subcommands.Count == 0))
            {
                WriteVerb(json, string.Join(' ', path.Skip(1).Select(part => part.Name)), path[^1].Description ?? "", path[^1].Options);
            }

            json.WriteEndObject();
            json.WriteBoolean("additionalProperties", false);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteVerb(Utf8JsonWriter json, string verb, string description, IEnumerable<Option> options)
    {
        json.WriteStartObject(verb);
        json.WriteString("description", description);
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        foreach (var option in options.Where(option => !option.Hidden && option is not HelpOption and not VersionOption).OrderBy(option => option.Name, StringComparer.Ordinal))
        {
            json.WriteStartObject(option.Name.TrimStart('-'));
            json.WriteString("description", option.Description);
            if (option.Arity.MaximumNumberOfValues > 1)
            {
                json.WriteStartArray("type");
                json.WriteStringValue("string");
                json.WriteStringValue("array");
                json.WriteEndArray();
                json.WriteStartObject("items");
                json.WriteString("type", "string");
                json.WriteEndObject();
            }
            else
            {
                WriteType(json, option.ValueType);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteBoolean("additionalProperties", false);
        json.WriteEndObject();
    }

    /// <summary>Values that are no text in the program may be written as text too, as the command line has them.</summary>
    private static void WriteType(Utf8JsonWriter json, Type type)
    {
        var own = Nullable.GetUnderlyingType(type) ?? type;
        json.WriteStartArray("type");
        json.WriteStringValue(own == typeof(bool) ? "boolean" : own == typeof(string) ? "string" : "number");
        if (own == typeof(string))
        {
            json.WriteStringValue("number");
            json.WriteStringValue("boolean");
        }
        else
        {
            json.WriteStringValue("string");
        }

        json.WriteEndArray();
    }
}
