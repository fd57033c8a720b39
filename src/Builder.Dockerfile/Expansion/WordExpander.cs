using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Expansion;

/// <summary>
/// Expands variables and removes quotes, as the arguments of most instructions are treated when their stage is built.
/// </summary>
/// <param name="escape">The file's escape character, see <see cref="ParserDirectives.Escape"/>.</param>
/// <param name="undefined">Told each name that was used plainly without having a value, for the check UndefinedVar.</param>
public sealed class WordExpander(IVariables variables, char escape = '\\', Action<string, Word>? undefined = null)
{
    /// <summary>The word's value: variables expanded, quotes and escapes gone.</summary>
    /// <exception cref="DockerfileException">A quote or brace is open, a modifier is unknown, or <c>${v:?message}</c> fails.</exception>
    public string Expand(Word word) => throw new NotSupportedException(variables.ToString() + escape + undefined);

    /// <summary>The same, split at blanks that are neither quoted nor escaped in the result (EXPOSE).</summary>
    public IReadOnlyList<string> ExpandToWords(Word word) => throw new NotSupportedException();

    /// <summary>
    /// The file that COPY or ADD makes of a here-document: variables expanded unless its delimiter was quoted, quotes
    /// kept, the escape character always a backslash.
    /// </summary>
    public string Expand(Heredoc heredoc) => throw new NotSupportedException();
}
