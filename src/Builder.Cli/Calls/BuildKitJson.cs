using System.Text;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Engine.Inspection;
using Builder.Graph.Inspection;

namespace Builder.Cli.Calls;

/// <summary>Answers for programs, in the shapes that BuildKit gives them: lines count from 1, characters from 0.</summary>
internal static class BuildKitJson
{
    public static string Check(CheckedDockerfile file) => JsonText.Write(json =>
    {
        json.WriteStartArray("warnings");
        foreach (var warning in file.Report.Warnings)
        {
            var rule = CheckRules.Find(warning.Rule);
            json.WriteStartObject();
            json.WriteString("ruleName", warning.Rule);
            WriteOptional(json, "description", rule?.Description);
            WriteOptional(json, "url", rule?.Url);
            json.WriteString("detail", warning.Message);
            WriteLocation(json, warning.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("sources");
        json.WriteStartObject();
        json.WriteString("filename", file.Source.Path);
        json.WriteString("language", "Dockerfile");
        json.WriteBase64String("data", Encoding.UTF8.GetBytes(file.Source.Text));
        json.WriteEndObject();
        json.WriteEndArray();
        if (file.Report.Error is { } error)
        {
            json.WriteStartObject("buildError");
            json.WriteString("message", error.Message);
            WriteLocation(json, error.Span is { } span && ReferenceEquals(span.Source, file.Source) ? span : null);
            json.WriteEndObject();
        }
    });

    public static string Outline(SourceText source, Outline outline) => JsonText.Write(json =>
    {
        WriteOptional(json, "name", outline.Name);
        WriteOptional(json, "description", outline.Description);
        WriteArray(json, "args", outline.Arguments, argument =>
        {
            json.WriteString("name", argument.Name);
            WriteOptional(json, "description", argument.Description);
            WriteOptional(json, "value", argument.Value);
            WriteLocation(json, argument.Span);
        });
        WriteArray(json, "secrets", outline.Secrets, secret => WriteMount(json, secret));
        WriteArray(json, "ssh", outline.Agents, agent => WriteMount(json, agent));
        WriteArray(json, "cache", outline.Caches, cache =>
        {
            json.WriteString("ID", cache.Id);
            WriteLocation(json, cache.Span);
        });
        WriteSources(json, source);
    });

    public static string Targets(SourceText source, IReadOnlyList<TargetDescription> targets) => JsonText.Write(json =>
    {
        WriteArray(json, "targets", targets, target =>
        {
            WriteOptional(json, "name", target.Name);
            WriteTrue(json, "default", target.IsDefault);
            WriteOptional(json, "description", target.Description);
            json.WriteString("base", target.Base);
            WriteOptional(json, "platform", target.Platform);
            WriteLocation(json, target.Span);
        });
        WriteSources(json, source);
    });

    private static void WriteMount(Utf8JsonWriter json, OutlineMount mount)
    {
        json.WriteString("name", mount.Id);
        WriteTrue(json, "required", mount.IsRequired);
        WriteLocation(json, mount.Span);
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSources(Utf8JsonWriter json, SourceText source)
    {
        json.WriteStartArray("sources");
        json.WriteBase64StringValue(Encoding.UTF8.GetBytes(source.Text));
        json.WriteEndArray();
    }

    private static void WriteLocation(Utf8JsonWriter json, SourceSpan? span)
    {
        json.WriteStartObject("location");
        if (span is not null)
        {
            json.WriteStartArray("ranges");
            json.WriteStartObject();
            WritePosition(json, "start", span.Source.Position(span.Start));
            WritePosition(json, "end", span.Source.Position(span.End));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WritePosition(Utf8JsonWriter json, string name, (int Line, int Column) position)
    {
        json.WriteStartObject(name);
        json.WriteNumber("line", position.Line);
        if (position.Column > 1)
        {
            json.WriteNumber("character", position.Column - 1);
        }

        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteTrue(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }
}
