using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary>What comments say of a stage or an argument: <c># NAME DESCRIPTION</c> or <c># NAME: DESCRIPTION</c> (rule N2).</summary>
internal static class Descriptions
{
    /// <summary>The first comment that begins with the name, from behind it; null when there is none.</summary>
    public static string? Of(ImmutableArray<Word> comments, string name) =>
        comments.Select(comment => Behind(comment.Text, name)).FirstOrDefault(description => description is not null);

    private static string? Behind(string comment, string name)
    {
        if (!comment.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = comment.AsSpan(name.Length);
        rest = rest.StartsWith(":") ? rest[1..] : rest;
        return rest.Length > 1 && rest[0] is ' ' or '\t' ? rest.Trim().ToString() : null;
    }
}
