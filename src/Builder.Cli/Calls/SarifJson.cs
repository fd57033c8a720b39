using System.Reflection;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Engine.Inspection;

namespace Builder.Cli.Calls;

/// <summary>
/// Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines. Every check is listed as a rule, whether or not it
/// found something; an error of the Dockerfile is a result whose rule is its error code.
/// </summary>
internal static class SarifJson
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";
    private const string ErrorHelp = "spec/errors.md";

    public static string Check(CheckedDockerfile file) => JsonText.Write(json =>
    {
        var errors = Errors(file.Report.Error).ToList();
        var codes = errors.Select(error => error.Code.ToString()).Distinct().ToList();
        json.WriteString("$schema", Schema);
        json.WriteString("version", "2.1.0");
        json.WriteStartArray("runs");
        json.WriteStartObject();
        WriteTool(json, codes);
        json.WriteString("columnKind", "utf16CodeUnits");
        WriteArtifacts(json, file.Source);
        json.WriteStartArray("results");
        foreach (var warning in file.Report.Warnings)
        {
            var index = CheckRules.All.IndexOf(CheckRules.Find(warning.Rule)!);
            WriteResult(json, file.Source, warning.Rule, index, file.Report.AreErrors ? "error" : "warning", Text(warning.Message, warning.Hint), warning.Span);
        }

        foreach (var error in errors)
        {
            var code = error.Code.ToString();
            WriteResult(json, file.Source, code, CheckRules.All.Length + codes.IndexOf(code), "error", Text(error.Message, error.Hint), error.Span);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static IEnumerable<BuilderException> Errors(BuilderException? error) => error is null ? [] : [error, .. error.Others];

    private static string Text(string message, string? hint) => hint is null ? message : $"{message}. Hint: {hint}";

    private static void WriteTool(Utf8JsonWriter json, IEnumerable<string> codes)
    {
        json.WriteStartObject("tool");
        json.WriteStartObject("driver");
        json.WriteString("name", "builder");
        json.WriteString("version", typeof(SarifJson).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0");
        json.WriteStartArray("rules");
        foreach (var rule in CheckRules.All)
        {
            WriteRule(json, rule);
        }

        foreach (var code in codes)
        {
            json.WriteStartObject();
            json.WriteString("id", code);
            WriteText(json, "shortDescription", "An error of the Dockerfile");
            WriteText(json, "help", $"See {ErrorHelp}.");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>SARIF wants an absolute address for help; a page of this repository is named in the text.</summary>
    private static void WriteRule(Utf8JsonWriter json, CheckRule rule)
    {
        json.WriteStartObject();
        json.WriteString("id", rule.Name);
        json.WriteString("name", rule.Name);
        WriteText(json, "shortDescription", rule.Description);
        if (Uri.IsWellFormedUriString(rule.Url, UriKind.Absolute))
        {
            json.WriteString("helpUri", rule.Url);
        }

        json.WriteStartObject("help");
        json.WriteString("text", $"{rule.Description}. See {rule.Page}; # check=skip={rule.Name} silences it.");
        json.WriteString("markdown", $"{rule.Description}. See [{rule.Name}]({rule.Page}); `# check=skip={rule.Name}` silences it.");
        json.WriteEndObject();
        json.WriteStartObject("defaultConfiguration");
        json.WriteBoolean("enabled", !rule.IsExperimental);
        json.WriteString("level", "warning");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteArtifacts(Utf8JsonWriter json, SourceText source)
    {
        json.WriteStartArray("artifacts");
        json.WriteStartObject();
        WriteArtifact(json, "location", source, null);
        json.WriteString("sourceLanguage", "dockerfile");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteResult(Utf8JsonWriter json, SourceText source, string rule, int ruleIndex, string level, string message, SourceSpan? span)
    {
        json.WriteStartObject();
        json.WriteString("ruleId", rule);
        json.WriteNumber("ruleIndex", ruleIndex);
        json.WriteString("level", level);
        WriteText(json, "message", message);
        json.WriteStartArray("locations");
        json.WriteStartObject();
        json.WriteStartObject("physicalLocation");
        WriteArtifact(json, "artifactLocation", source, 0);
        if (span is not null && ReferenceEquals(span.Source, source))
        {
            var (startLine, startColumn) = source.Position(span.Start);
            var (endLine, endColumn) = source.Position(span.End);
            json.WriteStartObject("region");
            json.WriteNumber("startLine", startLine);
            json.WriteNumber("startColumn", startColumn);
            json.WriteNumber("endLine", endLine);
            json.WriteNumber("endColumn", endColumn);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteArtifact(Utf8JsonWriter json, string name, SourceText source, int? index)
    {
        json.WriteStartObject(name);
        var path = source.Path.StartsWith("./", StringComparison.Ordinal) ? source.Path[2..] : source.Path;
        json.WriteString("uri", string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        if (index is { } number)
        {
            json.WriteNumber("index", number);
        }

        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        json.WriteStartObject(name);
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
