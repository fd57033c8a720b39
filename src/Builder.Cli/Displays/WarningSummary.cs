using Builder.Diagnostics;

namespace Builder.Cli.Displays;

/// <summary>
/// What build checks found, told once a build is over: a line each (<c>file:line: Name: message</c>), of many of one name only
/// the first, and how to see the rest.
/// </summary>
internal static class WarningSummary
{
    private const int ShownOfOneName = 3;
    private const int ShownAtMost = 12;
    private const int MaxMessage = 300;

    public static void Write(IReadOnlyList<Diagnostic> warnings)
    {
        foreach (var line in Render(warnings))
        {
            Terminal.WriteErrorLine(line);
        }
    }

    public static IEnumerable<string> Render(IReadOnlyList<Diagnostic> warnings)
    {
        if (warnings.Count == 0)
        {
            return [];
        }

        var lines = warnings.GroupBy(warning => warning.Rule).SelectMany(Lines).ToList();
        return
        [
            warnings.Count == 1 ? "1 warning:" : $"{warnings.Count} warnings:",
            .. lines.Take(ShownAtMost),
            .. lines.Count > ShownAtMost ? new[] { "…" } : [],
            .. warnings.Any(warning => warning.Span is not null)
                ? new[] { "hint: build with --check to see them in full and nothing built; '# check=skip=NAME' above an instruction silences a check" }
                : [],
        ];
    }

    private static IEnumerable<string> Lines(IGrouping<string, Diagnostic> same)
    {
        var all = same.ToList();
        var shown = all.Count <= ShownOfOneName ? all.Count : ShownOfOneName - 1;
        return
        [
            .. all.Take(shown).Select(Line),
            .. all.Count > shown ? new[] { $"{Place(all[shown])}: {same.Key}: and {all.Count - shown} more from here on" } : [],
        ];
    }

    private static string Line(Diagnostic warning)
    {
        var message = warning.Message.Length > MaxMessage ? warning.Message[..MaxMessage] + "…" : warning.Message;
        return Terminal.Harmless($"{Place(warning)}: {warning.Rule}: {message}");
    }

    private static string Place(Diagnostic warning) => warning.Span is { } span ? Terminal.Harmless($"{span.Source.Path}:{span.Line}") : "warning";
}
