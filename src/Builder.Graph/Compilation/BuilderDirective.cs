using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>
/// Comments directly above an instruction that are meant for Builder, <c># builder: cache-ttl=1d</c>: to every other builder they are
/// comments.
/// </summary>
internal static class BuilderDirective
{
    private const string Prefix = "builder:";
    private const string CacheTtl = "cache-ttl";

    /// <summary>How old a known result of the instruction may be; null when no comment says.</summary>
    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidDirective"/>.</exception>
    public static TimeSpan? CacheTtlOf(Instruction instruction)
    {
        TimeSpan? ttl = null;
        foreach (var comment in instruction.Comments.Where(comment => comment.Text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)))
        {
            foreach (var setting in comment.Text[Prefix.Length..].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var (key, value) = setting.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? (setting[..equals], setting[(equals + 1)..]) : (setting, "");
                ttl = string.Equals(key, CacheTtl, StringComparison.OrdinalIgnoreCase)
                    ? CacheAge.TryParse(value) ?? throw new BuilderException(GraphErrors.InvalidDirective, $"'{value}' is no age", "write it as 30m, 12h, 1d or 2w", comment.Span)
                    : throw new BuilderException(GraphErrors.InvalidDirective, $"unknown directive '{key}'", $"the directive is {CacheTtl}=AGE", comment.Span);
            }
        }

        return ttl;
    }
}
