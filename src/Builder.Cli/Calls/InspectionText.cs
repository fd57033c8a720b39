using System.Text;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Engine.Inspection;
using Builder.Graph.Inspection;

namespace Builder.Cli.Calls;

/// <summary>Answers for people, laid out as BuildKit's are.</summary>
internal static class InspectionText
{
    private const string Rule = "--------------------";
    private const int MaxShownLine = 200;
    private const int MaxShownLines = 12;

    public static string Check(CheckedDockerfile file)
    {
        var warnings = file.Report.Warnings;
        var text = new StringBuilder(warnings.Count switch
        {
            0 => "Check complete, no warnings found.",
            1 => "Check complete, 1 warning has been found!",
            var count => $"Check complete, {count} warnings have been found!",
        });
        text.AppendLine();
        foreach (var warning in warnings)
        {
            Append(text.AppendLine(), warning);
        }

        return text.ToString().TrimEnd();
    }

    public static string Outline(Outline outline)
    {
        var blocks = new List<string>();
        if (outline.Name is not null || outline.Description is not null)
        {
            blocks.Add(Columns(["TARGET:", outline.Name ?? "(default)"], outline.Description is { } description ? [["DESCRIPTION:", description]] : []));
        }

        Add(blocks, ["BUILD ARG", "VALUE", "DESCRIPTION"], outline.Arguments.Select(argument => new[] { argument.Name, argument.Value ?? "", argument.Description ?? "" }));
        Add(blocks, ["SECRET", "REQUIRED"], outline.Secrets.Select(secret => new[] { secret.Id, secret.IsRequired ? "true" : "" }));
        Add(blocks, ["SSH", "REQUIRED"], outline.Agents.Select(agent => new[] { agent.Id, agent.IsRequired ? "true" : "" }));
        Add(blocks, ["CACHE"], outline.Caches.Select(cache => new[] { cache.Id }));
        return blocks.Count == 0 ? "nothing is asked for: no build arguments, secrets, agents or caches" : string.Join("\n\n", blocks);
    }

    public static string Targets(IReadOnlyList<TargetDescription> targets) => Columns(
        ["TARGET", "DESCRIPTION"],
        [
            .. targets.Select(target => new[]
            {
                (target.Name, target.IsDefault) switch
                {
                    (null, true) => "(default)",
                    (var name, true) => $"{name} (default)",
                    var (name, _) => name ?? "",
                },
                target.Description ?? "",
            }),
        ]);

    private static void Add(List<string> blocks, string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        if (all.Length > 0)
        {
            blocks.Add(Columns(head, all));
        }
    }

    private static string Columns(string[] head, string[][] rows) =>
        string.Join('\n', Table.Render([.. head.Select(Terminal.Harmless)], rows.Select(row => row.Select(Terminal.Harmless).ToArray())));

    private static void Append(StringBuilder text, Diagnostic warning)
    {
        text.Append("WARNING: ").Append(warning.Rule);
        if (CheckRules.Find(warning.Rule) is { } rule)
        {
            text.Append(" - ").Append(rule.Page);
        }

        text.AppendLine().AppendLine(Terminal.Harmless(warning.Message));
        if (warning.Hint is { } hint)
        {
            text.Append("hint: ").AppendLine(Terminal.Harmless(hint));
        }

        if (warning.Span is { } span)
        {
            AppendSource(text, span);
        }
    }

    private static void AppendSource(StringBuilder text, SourceSpan span)
    {
        var first = span.Line;
        var last = Math.Min(span.Source.Position(Math.Max(span.Start, span.End - 1)).Line, first + MaxShownLines);
        var around = first == last ? 2 : 1;
        text.AppendLine($"{Terminal.Harmless(span.Source.Path)}:{first}").AppendLine(Rule);
        for (var line = Math.Max(1, first - around); line <= Math.Min(last + around, span.Source.LineCount); line++)
        {
            var content = span.Source.Line(line);
            var shown = Terminal.Harmless(content.Length > MaxShownLine ? content[..MaxShownLine] + "…" : content);
            text.AppendLine($" {line,3} | {(line >= first && line <= last ? ">>>" : "   ")} {shown}".TrimEnd());
        }

        text.AppendLine(Rule);
    }
}
