using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Builder.MSBuild.Progress;

/// <summary>
/// Passes on what the program tells with <c>--progress=rawjson</c>: steps and their output as messages, build checks as warnings,
/// errors as errors, with their places.
/// </summary>
/// <param name="help">Where the pages about codes and checks are.</param>
/// <param name="elsewhere">The file that an error is about which has no place.</param>
internal sealed class ProgressLog(TaskLoggingHelper log, HelpPages help, WarningPolicy policy, string elsewhere)
{
    private readonly Dictionary<string, Step> steps = new(StringComparer.Ordinal);
    private readonly HashSet<string> warned = new(StringComparer.Ordinal);

    /// <summary>How many errors the program itself has told of.</summary>
    public int Errors { get; private set; }

    /// <summary>A line of standard error.</summary>
    public void Line(string line)
    {
        if (Json.TryParse(line) is { } json)
        {
            ForEach(json.Items("vertexes"), Vertex);
            ForEach(json.Items("logs"), Output);
            ForEach(json.Items("warnings"), Warning);
            ForEach(json.Items("errors"), Error);
        }
        else if (PlainError.TryParse(line) is { } error)
        {
            Errors++;
            log.LogError(null, error.Code, null, help.OfError(error.Code), elsewhere, 0, 0, 0, 0, "{0}", error.Message);
        }
        else if (line.Length > 0)
        {
            log.LogMessage(MessageImportance.Normal, "{0}", line);
        }
    }

    /// <summary>A finding of a build check, as a warning or, when the project wants it so, an error.</summary>
    /// <param name="check">The check's name.</param>
    /// <param name="url">BuildKit's page about it, where there is one.</param>
    public void Finding(string check, string message, string url, SourcePlace place)
    {
        var code = CheckCodes.Of(check);
        var text = CheckCodes.IsCheck(check) ? $"{check}: {message}" : message;
        if (!warned.Add($"{code} {place} {text}"))
        {
            return;
        }

        var link = url.StartsWith("https://", StringComparison.Ordinal) ? url : help.OfCheck(check);
        if (policy.IsError(code))
        {
            Errors++;
            log.LogError(null, code, null, link, place.File, place.Line, place.Column, place.EndLine, place.EndColumn, "{0}", text);
        }
        else
        {
            log.LogWarning(null, code, null, link, place.File, place.Line, place.Column, place.EndLine, place.EndColumn, "{0}", text);
        }
    }

    private void Vertex(XElement vertex)
    {
        var step = StepOf(vertex.Text("digest"), vertex.Text("name"));
        if (!step.IsTold)
        {
            step.IsTold = true;
            log.LogMessage(MessageImportance.Normal, "#{0} {1}", step.Number, step.Name);
        }

        if (vertex.Text("why") is { Length: > 0 } why)
        {
            log.LogMessage(MessageImportance.Low, "#{0} not cached: {1}", step.Number, why);
        }

        if (vertex.Element("completed") is null)
        {
            return;
        }

        step.Flush(text => log.LogMessage(MessageImportance.Normal, "#{0} {1}", step.Number, text));
        log.LogMessage(MessageImportance.Normal, "#{0} {1}", step.Number, FateOf(vertex));
    }

    private static string FateOf(XElement vertex) =>
        vertex.Text("canceled") == "true" ? "CANCELED"
        : vertex.Text("error") is { Length: > 0 } error ? $"ERROR: {error}"
        : vertex.Text("cached") == "true" ? "CACHED"
        : Time(vertex, "started") is { } start && Time(vertex, "completed") is { } end ? $"DONE {(end - start).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)}s"
        : "DONE";

    private static DateTimeOffset? Time(XElement vertex, string name) =>
        DateTimeOffset.TryParse(vertex.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;

    private void Output(XElement output)
    {
        var step = StepOf(output.Text("vertex"), "");
        if (output.Element("data") is { } data)
        {
            step.Append(Convert.FromBase64String(data.Value), output.Text("stream"), text => log.LogMessage(MessageImportance.Normal, "#{0} {1}", step.Number, text));
        }
    }

    private void Warning(XElement warning)
    {
        var text = warning.Element("short")?.Decoded() ?? "";
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        var check = colon < 0 ? "" : text.Substring(0, colon);
        Finding(check, colon < 0 ? text : text.Substring(colon + 2), warning.Text("url"), SourcePlace.Of(warning, elsewhere));
    }

    private void Error(XElement error)
    {
        Errors++;
        foreach (var line in error.Items("output"))
        {
            // What a person needs to see of a step that failed, also when nothing else is shown.
            log.LogMessage(MessageImportance.High, "  | {0}", line.Value);
        }

        var code = error.Text("code");
        var message = new StringBuilder(error.Text("message"));
        foreach (var cause in error.Items("causes").Select(cause => cause.Value).Where(cause => !message.ToString().Contains(cause)))
        {
            message.Append(", because ").Append(cause);
        }

        if (error.Text("hint") is { Length: > 0 } hint)
        {
            message.Append(" (").Append(hint).Append(')');
        }

        var place = SourcePlace.Of(error, elsewhere);
        log.LogError(null, code, null, help.OfError(code), place.File, place.Line, place.Column, place.EndLine, place.EndColumn, "{0}", message.ToString());
    }

    private Step StepOf(string digest, string name)
    {
        if (!steps.TryGetValue(digest, out var step))
        {
            step = new Step(steps.Count + 1, name);
            steps.Add(digest, step);
        }

        return step;
    }

    private static void ForEach(IEnumerable<XElement> elements, Action<XElement> action)
    {
        foreach (var element in elements)
        {
            action(element);
        }
    }
}
