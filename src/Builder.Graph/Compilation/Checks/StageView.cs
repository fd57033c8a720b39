using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>What a check may look at: what the stage has come to, words with their values, and the build context.</summary>
internal sealed class StageView(StageState state, char escape, IContextView? context)
{
    public StageState State => state;

    /// <summary>Null when the context is none that can be looked into beforehand.</summary>
    public IContextView? Context => context;

    /// <summary>Without a word about undefined variables: of these the compiler hears when it expands the same word.</summary>
    public string Expand(Word word) => new WordExpander(state.Variables, escape).Expand(word);

    public IReadOnlyList<string> ExpandToWords(Word word) => new WordExpander(state.Variables, escape).ExpandToWords(word);
}
