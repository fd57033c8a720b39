using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Grammar;

/// <summary><c>ARG NAME[=DEFAULT]…</c>.</summary>
internal static class ArgGrammar
{
    public static Instruction Parse(InstructionText text)
    {
        // Words that look like flags vanish without a word, as they do in BuildKit.
        text.TakeFlagWords();
        var words = text.QuotedWords();
        if (words.IsEmpty)
        {
            throw text.Invalid("ARG requires at least one argument");
        }

        return new ArgInstruction(text.Header, [.. words.Select(word => Declaration(text, word))]);
    }

    private static ArgDeclaration Declaration(InstructionText text, Word word)
    {
        var (name, value) = KeyValueGrammar.Split(word);
        return name.Text.Length > 0
            ? new ArgDeclaration(name, value)
            : throw text.Invalid("ARG names can not be blank", word);
    }
}
