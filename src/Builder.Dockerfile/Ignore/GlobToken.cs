using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Ignore;

internal enum GlobTokenKind
{
    Literal,

    /// <summary><c>?</c>: one character but a slash.</summary>
    AnyCharacter,

    /// <summary><c>[…]</c>.</summary>
    Class,

    /// <summary><c>*</c>: any run without a slash.</summary>
    AnyRun,

    /// <summary><c>**</c> before something: nothing, or anything that ends in a slash.</summary>
    AnyDirectories,

    /// <summary><c>**</c> at the end: anything.</summary>
    Anything,
}

/// <summary>One element of a wildcard pattern.</summary>
internal readonly record struct GlobToken(GlobTokenKind Kind, char Character = '\0', CharacterClass? Set = null)
{
    /// <summary>Whether it takes this one character; the tokens that take many are the matchers' business.</summary>
    public bool Takes(char c) => Kind switch
    {
        GlobTokenKind.Literal => c == Character,
        GlobTokenKind.AnyCharacter => c != '/',
        GlobTokenKind.Class => Set!.Contains(c),
        _ => false,
    };

    /// <summary>
    /// Whether <paramref name="c"/> is only the first half of the one character that it takes (a surrogate pair).
    /// </summary>
    public bool TakesFirstHalf(char c) =>
        Kind is GlobTokenKind.AnyCharacter or GlobTokenKind.Class && char.IsHighSurrogate(c);

    /// <param name="doubleStars">Whether two stars mean more than one.</param>
    /// <exception cref="DockerfileException">A set or an escape is not complete.</exception>
    public static ImmutableArray<GlobToken> Parse(string pattern, bool doubleStars, SourceSpan? span = null)
    {
        var tokens = ImmutableArray.CreateBuilder<GlobToken>(pattern.Length);
        var i = 0;
        while (i < pattern.Length)
        {
            switch (pattern[i])
            {
                case '*' when doubleStars && i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i += i + 2 < pattern.Length && pattern[i + 2] == '/' ? 3 : 2;
                    tokens.Add(new GlobToken(i < pattern.Length ? GlobTokenKind.AnyDirectories : GlobTokenKind.Anything));
                    break;
                case '*':
                    tokens.Add(new GlobToken(GlobTokenKind.AnyRun));
                    i++;
                    break;
                case '?':
                    tokens.Add(new GlobToken(GlobTokenKind.AnyCharacter));
                    i++;
                    break;
                case '[':
                    tokens.Add(new GlobToken(
                        GlobTokenKind.Class, Set: CharacterClass.TryParse(pattern, ref i) ?? throw Malformed(pattern, span)));
                    break;
                case '\\' when i + 1 == pattern.Length:
                    throw Malformed(pattern, span);
                case '\\':
                    tokens.Add(new GlobToken(GlobTokenKind.Literal, pattern[i + 1]));
                    i += 2;
                    break;
                default:
                    tokens.Add(new GlobToken(GlobTokenKind.Literal, pattern[i++]));
                    break;
            }
        }

        return tokens.DrainToImmutable();
    }

    private static DockerfileException Malformed(string pattern, SourceSpan? span) =>
        new(DockerfileErrors.InvalidPattern, $"syntax error in pattern \"{pattern}\"",
            "put a backslash before a bracket that means itself", span);
}
