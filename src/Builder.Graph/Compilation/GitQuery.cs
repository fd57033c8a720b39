using Builder.Diagnostics;

namespace Builder.Graph.Compilation;

/// <summary>The part of a git URL after <c>?</c>.</summary>
internal sealed record GitQuery(string? Reference, string? Subdirectory, string? Checksum, bool? KeepGitDirectory, bool? Submodules)
{
    public static GitQuery Parse(string query, SourceSpan? span)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            var key = Uri.UnescapeDataString(equals < 0 ? field : field[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(field[(equals + 1)..]);
            Check(key, value, span);
            if (!values.TryAdd(key == "commit" ? "checksum" : key, value))
            {
                throw GitSource.Invalid($"query \"{key}\" has multiple values", span);
            }
        }

        return new GitQuery(
            ReferenceOf(values, span), values.GetValueOrDefault("subdir"), values.GetValueOrDefault("checksum"),
            Flag(values, "keep-git-dir", span), Flag(values, "submodules", span));
    }

    private static void Check(string key, string value, SourceSpan? span)
    {
        switch (key)
        {
            case "ref" or "tag" or "branch" or "subdir" or "checksum" or "commit" or "mtime":
                if (value.Length == 0)
                {
                    throw GitSource.Invalid($"query \"{key}\" has no value", span);
                }

                break;
            case "keep-git-dir" or "submodules" or "fetch-by-commit":
                break;
            default:
                throw GitSource.Invalid($"unexpected query \"{key}\"", span);
        }
    }

    private static string? ReferenceOf(Dictionary<string, string> values, SourceSpan? span)
    {
        var reference = values.GetValueOrDefault("ref");
        var tag = values.TryGetValue("tag", out var tagName) ? "refs/tags/" + tagName : null;
        var branch = values.TryGetValue("branch", out var branchName) ? "refs/heads/" + branchName : null;
        if (tag is not null && branch is not null)
        {
            throw GitSource.Invalid("branch conflicts with tag", span);
        }

        if (reference is not null && (tag ?? branch) is not null)
        {
            throw GitSource.Invalid("ref conflicts with branch/tag", span);
        }

        return reference ?? tag ?? branch;
    }

    private static bool? Flag(Dictionary<string, string> values, string key, SourceSpan? span) =>
        !values.TryGetValue(key, out var value) ? null
        : value.ToLowerInvariant() switch
        {
            "" or "1" or "t" or "true" => true,
            "0" or "f" or "false" => false,
            _ => throw GitSource.Invalid($"invalid value for query \"{key}\": {value}", span),
        };
}
