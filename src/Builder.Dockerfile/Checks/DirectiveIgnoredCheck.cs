using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;

namespace Builder.Dockerfile.Checks;

/// <summary>
/// A comment reads like <c># syntax=</c>, <c># escape=</c> or <c># check=</c> and stands where it is none (rules D2, D5, D7): below
/// something that is no directive, or behind blanks.
/// </summary>
internal sealed class DirectiveIgnoredCheck() : DockerfileCheck(CheckRules.DirectiveIgnored)
{
    public override IEnumerable<Finding> Look(DockerfileSyntax dockerfile)
    {
        var text = dockerfile.Source.Text;
        var position = text.StartsWith('\uFEFF') ? 1 : 0;
        while (position < text.Length)
        {
            var line = PhysicalLine.At(text, position);
            position = line.Next;
            if (!line.IsComment(text) && !line.IsBlank(text))
            {
                break;
            }

            if (Read(text, line) is var (name, value) && !IsHonoured(dockerfile, name, value))
            {
                var word = dockerfile.Source.Span(line.Indent(text), line.End - line.Indent(text));
                yield return Found(word, Message(name), Hint(name));
            }
        }

        foreach (var instruction in dockerfile.Instructions.Skip(1))
        {
            foreach (var comment in instruction.Comments)
            {
                if (Name(comment.Text) is { } name and not "check")
                {
                    yield return Found(instruction, Message(name), comment.Span, Hint(name));
                }
            }
        }
    }

    private static string Message(string name) => $"The directive '{name}' has no effect here";

    private static string Hint(string name) => name == "check"
        ? "directives stand in the first lines of the file, from the first column on; of one instruction a check comment speaks directly above it"
        : "directives stand in the first lines of the file, from the first column on, with nothing above them";

    private static (string Name, int Value)? Read(string text, PhysicalLine line)
    {
        if (!line.IsComment(text))
        {
            return null;
        }

        var directive = DirectiveGrammar.Directive(new TextInput(text, line.Start, line.End));
        return directive.WasSuccessful && Known(directive.Value.Name.Of(text)) is { } name ? (name, directive.Value.Value.Start) : null;
    }

    /// <summary>A check comment that is no directive of the file may still speak for the first instruction.</summary>
    private static bool IsHonoured(DockerfileSyntax dockerfile, string name, int value)
    {
        var place = name switch
        {
            "syntax" => dockerfile.Directives.Syntax?.Span,
            "check" => dockerfile.Directives.CheckSpan,
            _ => dockerfile.Directives.EscapeSpan,
        };
        return place?.Start == value
            || (name == "check" && dockerfile.Instructions.First().Comments.Any(comment => comment.Span.Start <= value && value < comment.Span.End));
    }

    private static string? Name(string comment)
    {
        var equals = comment.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && equals < comment.Length - 1 ? Known(comment[..equals].Trim()) : null;
    }

    private static string? Known(string name) => name.ToLowerInvariant() is "syntax" or "escape" or "check" ? name.ToLowerInvariant() : null;
}
