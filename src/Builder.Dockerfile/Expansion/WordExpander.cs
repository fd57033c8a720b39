using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Expansion;

/// <summary>
/// Expands variables and removes quotes, as the arguments of most instructions are treated when their stage is built.
/// </summary>
/// <param name="escape">The file's escape character, see <see cref="ParserDirectives.Escape"/>.</param>
/// <param name="undefined">
/// Told each name that was used without having a value and without saying what to do then (for the check UndefinedVar).
/// </param>
public sealed class WordExpander(IVariables variables, char escape = '\\', Action<string, Word>? undefined = null)
{
    /// <summary>The word's value: variables expanded, quotes and escapes gone.</summary>
    /// <exception cref="DockerfileException">A quote or brace is open, a modifier is unknown, or <c>${v:?message}</c> fails.</exception>
    public string Expand(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return NeedsNoWork(word.Text, escape) ? word.Text : new WordScanner(word, variables, escape, quotes: true, undefined).Run();
    }

    /// <summary>The same, split at the blanks of variables' values and of the word itself that no quote holds together (EXPOSE).</summary>
    public IReadOnlyList<string> ExpandToWords(Word word)
    {
        ArgumentNullException.ThrowIfNull(word);
        var words = new ShellWords();
        new WordScanner(word, variables, escape, quotes: true, undefined, words).Run();
        return words.Finish();
    }

    /// <summary>
    /// The file that COPY or ADD makes of a here-document: variables expanded unless its delimiter was quoted, quotes
    /// kept, the escape character always a backslash.
    /// </summary>
    public string Expand(Heredoc heredoc)
    {
        ArgumentNullException.ThrowIfNull(heredoc);
        var content = heredoc.Content;
        return !heredoc.Expand || NeedsNoWork(content, '\\')
            ? content
            : new WordScanner(new Word(content, heredoc.BodySpan), variables, '\\', quotes: false, undefined).Run();
    }

    private static bool NeedsNoWork(string text, char escape) => text.AsSpan().IndexOfAny("$'\"") < 0 && !text.Contains(escape);
}
