using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Runners;

namespace Builder.Cli.Displays;

/// <summary>
/// An error as a person reads it: place, code, message; the line of the file with a caret; why; what to do.
/// <code>
/// Dockerfile:2:1: error BLD3002: unknown instruction: RUNN (did you mean RUN?)
///     2 | RUNN make
///       | ^^^^
/// hint: …
/// </code>
/// </summary>
internal static class ErrorDisplay
{
    private const int MaxShownLine = 160;

    /// <summary>For a program that reads standard error (<c>--progress=rawjson</c>): errors are lines of JSON.</summary>
    public static bool IsForPrograms { get; set; }

    public static void Write(BuilderException error)
    {
        foreach (var line in IsForPrograms ? RawJsonErrors.Render(error) : [Render(error)])
        {
            Terminal.WriteErrorLine(line);
        }
    }

    public static string Render(BuilderException error)
    {
        var text = new StringBuilder();
        AppendHead(text, error.Span, $"error {error.Code}", error.Message);
        AppendLastOutput(text, error);
        AppendCauses(text, error.InnerException);
        AppendHint(text, error.Hint);
        foreach (var other in error.Others)
        {
            text.AppendLine(Render(other));
        }

        if (error.Omitted > 0)
        {
            text.AppendLine($"and {error.Omitted} more errors");
        }

        return text.ToString().TrimEnd();
    }

    public static string Render(Diagnostic remark)
    {
        var text = new StringBuilder();
        AppendHead(text, remark.Span, remark.Severity == Severity.Warning ? "warning" : "error", $"{remark.Rule}: {remark.Message}");
        AppendHint(text, remark.Hint);
        return text.ToString().TrimEnd();
    }

    public static void WriteInterrupted() => Terminal.WriteErrorLine("canceled");

    /// <summary>An exception that nobody meant for a user. The details help whoever mends it, when they are asked for.</summary>
    public static void WriteBug(Exception error)
    {
        Terminal.WriteErrorLine($"internal error: {error.GetType().Name}: {error.Message}");
        Terminal.WriteErrorLine(
            Environment.GetEnvironmentVariable("BUILDER_DEBUG") is { Length: > 0 }
                ? error.ToString()
                : "hint: this is a bug in Builder; set BUILDER_DEBUG=1 to see where, and please report it");
    }

    private static void AppendHead(StringBuilder text, SourceSpan? span, string kind, string message)
    {
        if (span is not null)
        {
            text.Append(Terminal.Harmless(span.ToString())).Append(": ");
        }

        text.Append(kind).Append(": ").AppendLine(Terminal.Harmless(message));
        if (span is not null)
        {
            AppendSource(text, span);
        }
    }

    private static void AppendSource(StringBuilder text, SourceSpan span)
    {
        var (line, column) = span.Source.Position(span.Start);
        var source = Terminal.Harmless(span.Source.Line(line)).Replace('\t', ' ');
        var from = Math.Max(0, Math.Min(column - 1, source.Length) - (MaxShownLine / 2));
        var shown = source.Substring(from, Math.Min(MaxShownLine, source.Length - from));
        var caret = Math.Max(0, column - 1 - from);
        var width = Math.Clamp(span.Length, 1, Math.Max(1, shown.Length - caret));
        text.Append($"{line,5} | ").AppendLine(shown);
        text.Append("      | ").Append(' ', caret).Append('^', width).AppendLine();
    }

    private static void AppendLastOutput(StringBuilder text, BuilderException error)
    {
        if (error is StepFailedException { LastLines.Count: > 0 } step)
        {
            text.AppendLine("the last output of the step:");
            foreach (var line in step.LastLines)
            {
                text.Append("      | ").AppendLine(Terminal.Harmless(line));
            }
        }
    }

    private static void AppendCauses(StringBuilder text, Exception? cause)
    {
        for (; cause is not null; cause = cause.InnerException)
        {
            // Exceptions like to repeat what the one around them has said.
            var message = Terminal.Harmless(cause.Message);
            if (!text.ToString().Contains(message, StringComparison.OrdinalIgnoreCase))
            {
                text.Append("because: ").AppendLine(message);
            }

            if (cause is BuilderException { Hint: { } hint })
            {
                AppendHint(text, hint);
            }
        }
    }

    private static void AppendHint(StringBuilder text, string? hint)
    {
        if (hint is not null)
        {
            text.Append("hint: ").AppendLine(Terminal.Harmless(hint));
        }
    }
}
