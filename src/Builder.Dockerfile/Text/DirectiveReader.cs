using Builder.Diagnostics;
using Builder.Dockerfile.Grammar;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;
using Sprache;

namespace Builder.Dockerfile.Text;

/// <summary>
/// Reads the unbroken run of <c># name=value</c> lines at the top of a file. The first line that is anything else ends
/// it; what looks like a directive below is a comment.
/// </summary>
internal sealed class DirectiveReader(SourceText source, TokenRecorder? recorder = null)
{
    public const char ByteOrderMark = '\uFEFF';
    private static readonly string[] Known = ["syntax", "escape", "check"];

    private readonly Dictionary<string, Word> found = new(StringComparer.Ordinal);
    private Word? syntax;
    private Word? check;

    /// <summary>The directives, and where the rest of the file begins.</summary>
    /// <exception cref="DockerfileException">A directive is repeated or has an impossible value.</exception>
    public (ParserDirectives Directives, int End) Read()
    {
        var text = source.Text;
        var start = text.StartsWith(ByteOrderMark) ? 1 : 0;
        var position = start;
        while (position < text.Length && TryRead(PhysicalLine.At(text, position)))
        {
            position = PhysicalLine.At(text, position).Next;
        }

        if (position == start)
        {
            ReadBelowInterpreterLine(start);
        }

        var directives = new ParserDirectives(Escape(), syntax, check is null ? null : CheckGrammar.Parse(check))
        {
            CheckSpan = check?.Span,
            EscapeSpan = found.GetValueOrDefault("escape")?.Span,
        };
        return (directives, position);
    }

    private bool TryRead(PhysicalLine line)
    {
        if (Parse(line) is not var (name, value))
        {
            return false;
        }

        recorder?.AddDirective(line, DirectiveGrammar.Directive(new TextInput(source.Text, line.Start, line.End)).Value);
        if (!found.TryAdd(name, value))
        {
            throw new DockerfileException(
                DockerfileErrors.InvalidDirective, $"only one {name} parser directive can be used", span: value.Span);
        }

        Remember(line, name, value);
        return true;
    }

    /// <summary>
    /// Below a <c>#!</c> line, which other tools read, a file may still name its front end and its checks, but no
    /// longer its escape character.
    /// </summary>
    private void ReadBelowInterpreterLine(int start)
    {
        var text = source.Text;
        if (string.CompareOrdinal(text, start, "#!", 0, 2) != 0)
        {
            return;
        }

        var line = PhysicalLine.At(text, start);
        while (line.Next < text.Length && Parse(line = PhysicalLine.At(text, line.Next)) is var (name, value))
        {
            Remember(line, name, value);
        }
    }

    /// <summary>Tools that look only for a front end or for checks want the <c>#</c> in the first column.</summary>
    private void Remember(PhysicalLine line, string name, Word value)
    {
        if (source.Text[line.Start] == '#')
        {
            syntax = name == "syntax" ? value : syntax;
            check = name == "check" ? value : check;
        }
    }

    private (string Name, Word Value)? Parse(PhysicalLine line)
    {
        if (!line.IsComment(source.Text))
        {
            return null;
        }

        var directive = DirectiveGrammar.Directive(new TextInput(source.Text, line.Start, line.End));
        if (!directive.WasSuccessful)
        {
            return null;
        }

        var (name, value) = directive.Value;
        var known = name.Of(source.Text).ToLowerInvariant();
        return Known.Contains(known)
            ? (known, new Word(value.Of(source.Text), source.Span(value.Start, value.End - value.Start)))
            : null;
    }

    private char Escape()
    {
        if (!found.TryGetValue("escape", out var value))
        {
            return ParserDirectives.Default.Escape;
        }

        return value.Text is "\\" or "`"
            ? value.Text[0]
            : throw new DockerfileException(
                DockerfileErrors.InvalidDirective, $"invalid escape token '{value.Text}' does not match ` or \\", span: value.Span);
    }
}
