using System.Text.Json;
using Builder.Diagnostics;
using Builder.Engine.Runners;

namespace Builder.Cli.Displays;

/// <summary>
/// The errors that ended a build, for programs: a line each, <c>{"errors":[{"code":"BLD3003","message":…}]}</c> with <c>hint</c>,
/// <c>causes</c>, the step's last <c>output</c>, and the place as warnings have it, where there is such a thing.
/// </summary>
internal static class RawJsonErrors
{
    public static IEnumerable<string> Render(BuilderException error) =>
        [RawJson.Line("errors", json => Write(json, error)), .. error.Others.SelectMany(Render)];

    private static void Write(Utf8JsonWriter json, BuilderException error)
    {
        json.WriteString("code", error.Code.ToString());
        json.WriteString("message", error.Message);
        if (error.Hint is { } hint)
        {
            json.WriteString("hint", hint);
        }

        WriteTexts(json, "causes", CausesOf(error));
        WriteTexts(json, "output", error is StepFailedException step ? step.LastLines : []);
        RawJson.WritePlace(json, error.Span);
    }

    private static List<string> CausesOf(Exception error)
    {
        var causes = new List<string>();
        for (var cause = error.InnerException; cause is not null; cause = cause.InnerException)
        {
            causes.Add(cause.Message);
        }

        return causes;
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
