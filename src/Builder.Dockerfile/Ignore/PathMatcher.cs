using System.Collections.Immutable;

namespace Builder.Dockerfile.Ignore;

/// <summary>
/// Matches a whole path against a pattern with <c>**</c>: all ways through the pattern at once, one character after the
/// other, so that no pattern can make it slow.
/// </summary>
internal static class PathMatcher
{
    public static bool IsMatch(ImmutableArray<GlobToken> tokens, ReadOnlySpan<char> path)
    {
        var states = tokens.Length + 1;
        var current = states <= 256 ? stackalloc bool[states] : new bool[states];
        var next = states <= 256 ? stackalloc bool[states] : new bool[states];
        // Once inside the directories that a ** takes, any later slash may end them.
        var inDirectories = states <= 256 ? stackalloc bool[states] : new bool[states];
        current.Clear();
        inDirectories.Clear();
        Enter(tokens, current, inDirectories, 0);
        foreach (var c in path)
        {
            next.Clear();
            for (var state = 0; state < tokens.Length; state++)
            {
                if (inDirectories[state] && c == '/')
                {
                    Enter(tokens, next, inDirectories, state + 1);
                }

                if (current[state])
                {
                    Step(tokens, next, inDirectories, state, c);
                }
            }

            var spent = current;
            current = next;
            next = spent;
        }

        return current[tokens.Length];
    }

    private static void Step(ImmutableArray<GlobToken> tokens, Span<bool> next, Span<bool> inDirectories, int state, char c)
    {
        switch (tokens[state].Kind)
        {
            case GlobTokenKind.Anything:
            case GlobTokenKind.AnyCharacter or GlobTokenKind.Class when tokens[state].TakesFirstHalf(c):
            case GlobTokenKind.AnyRun when c != '/':
                Enter(tokens, next, inDirectories, state);
                break;
            case GlobTokenKind.Literal or GlobTokenKind.AnyCharacter or GlobTokenKind.Class when tokens[state].Takes(c):
                Enter(tokens, next, inDirectories, state + 1);
                break;
        }
    }

    /// <summary>Reaches a state, and those behind it that can be reached for nothing.</summary>
    private static void Enter(ImmutableArray<GlobToken> tokens, Span<bool> states, Span<bool> inDirectories, int state)
    {
        while (!states[state])
        {
            states[state] = true;
            if (state == tokens.Length || tokens[state].Kind is not (GlobTokenKind.AnyRun or GlobTokenKind.AnyDirectories or GlobTokenKind.Anything))
            {
                return;
            }

            inDirectories[state] |= tokens[state].Kind == GlobTokenKind.AnyDirectories;
            state++;
        }
    }
}
