using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Graph.Compilation;

/// <summary>How old the result of a step may be and still be used.</summary>
public static class CacheAge
{
    /// <summary><c>90s</c>, <c>1h30m</c>, <c>1d</c>, <c>2w</c>; null for what is no age.</summary>
    public static TimeSpan? TryParse(string text)
    {
        var age = TimeSpan.Zero;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 100_000)
            {
                return null;
            }

            TimeSpan? unit = rest[digits] switch
            {
                's' => TimeSpan.FromSeconds(1),
                'm' => TimeSpan.FromMinutes(1),
                'h' => TimeSpan.FromHours(1),
                'd' => TimeSpan.FromDays(1),
                'w' => TimeSpan.FromDays(7),
                _ => null,
            };
            if (unit is null)
            {
                return null;
            }

            age += count * unit.Value;
            rest = rest[(digits + 1)..];
        }

        return text.Length > 0 ? age : null;
    }

    /// <exception cref="BuilderException"><see cref="GraphErrors.InvalidDirective"/>.</exception>
    public static TimeSpan Parse(string text) =>
        TryParse(text) ?? throw new BuilderException(GraphErrors.InvalidDirective, $"'{text}' is no age", "write it as 30m, 12h, 1d or 2w");
}
