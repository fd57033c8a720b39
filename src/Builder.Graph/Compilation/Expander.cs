using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>Expands words, and tells who listens what was undefined on the way.</summary>
internal sealed class Expander
{
    /// <summary>Told each name without a value; null while nobody wants to know.</summary>
    public Action<string, Word>? Undefined { get; set; }

    public string Expand(Word word, VariableMap variables, char escape) => For(variables, escape).Expand(word);

    public IReadOnlyList<string> ExpandToWords(Word word, VariableMap variables, char escape) => For(variables, escape).ExpandToWords(word);

    public string Expand(Heredoc heredoc, VariableMap variables) => For(variables, '\\').Expand(heredoc);

    private WordExpander For(VariableMap variables, char escape) => new(variables, escape, Undefined);
}
