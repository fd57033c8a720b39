using System.Collections.Immutable;

namespace Builder.Dockerfile.Ignore;

/// <summary>
/// The wildcards of COPY and ADD sources: Go's <c>filepath.Match</c> (<c>*</c>, <c>?</c>, <c>[set]</c>, <c>\c</c>), one
/// path component at a time. Two stars are no more than one, and a leading dot is a character like others.
/// </summary>
public sealed class Glob
{
    private readonly ImmutableArray<GlobToken> tokens;

    private Glob(ImmutableArray<GlobToken> tokens) => this.tokens = tokens;

    /// <summary>Whether a path has a wildcard that no backslash makes ordinary; otherwise it is to be taken literally.</summary>
    public static bool HasWildcards(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        for (var i = 0; i < path.Length; i++)
        {
            switch (path[i])
            {
                case '\\':
                    i++;
                    break;
                case '*' or '?' or '[':
                    return true;
            }
        }

        return false;
    }

    /// <exception cref="DockerfileException">The pattern is malformed.</exception>
    public static Glob Parse(string component)
    {
        ArgumentNullException.ThrowIfNull(component);
        return new Glob(GlobToken.Parse(component, doubleStars: false));
    }

    /// <summary>Whether the pattern matches the whole name, which holds no slash.</summary>
    public bool IsMatch(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsMatch(tokens.AsSpan(), name);
    }

    /// <summary>When it fails behind a star, that star takes one character more; an earlier star never has to.</summary>
    internal static bool IsMatch(ReadOnlySpan<GlobToken> tokens, ReadOnlySpan<char> name)
    {
        var (token, character) = (0, 0);
        var (star, starCharacter) = (-1, 0);
        while (character < name.Length)
        {
            if (token < tokens.Length && tokens[token].Kind == GlobTokenKind.AnyRun)
            {
                (star, starCharacter) = (token++, character);
            }
            else if (token < tokens.Length && tokens[token].TakesFirstHalf(name[character]))
            {
                character++;
            }
            else if (token < tokens.Length && tokens[token].Takes(name[character]))
            {
                token++;
                character++;
            }
            else if (star >= 0)
            {
                (token, character) = (star + 1, ++starCharacter);
            }
            else
            {
                return false;
            }
        }

        while (token < tokens.Length && tokens[token].Kind == GlobTokenKind.AnyRun)
        {
            token++;
        }

        return token == tokens.Length;
    }
}
