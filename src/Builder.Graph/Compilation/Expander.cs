using Builder.Diagnostics;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>Expands words and collects what was undefined on the way.</summary>
internal sealed class Expander(WarningList warnings)
{
    public string Expand(Word word, VariableMap variables, char escape) => For(variables, escape).Expand(word);

    public IReadOnlyList<string> ExpandToWords(Word word, VariableMap variables, char escape) => For(variables, escape).ExpandToWords(word);

    public string Expand(Heredoc heredoc, VariableMap variables) => For(variables, '\\').Expand(heredoc);

    private WordExpander For(VariableMap variables, char escape) =>
        new(variables, escape, (name, word) => warnings.Add("UndefinedVar", $"usage of undefined variable '${name}'", word.Span));
}

/// <summary>The findings of a compilation that the file does not switch off, each once.</summary>
internal sealed class WarningList(CheckDirective check)
{
    private readonly List<Diagnostic> warnings = [];

    public IReadOnlyList<Diagnostic> Warnings => warnings;

    public void Add(string rule, string message, SourceSpan span)
    {
        var warning = new Diagnostic(rule, Severity.Warning, message, span);
        if (!check.Skips(rule) && !warnings.Contains(warning))
        {
            warnings.Add(warning);
        }
    }
}
