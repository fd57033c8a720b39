using System.Buffers;
using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Engine.Images;

/// <summary>Moments as Docker's filters take them: <c>24h</c> or <c>1h30m</c> ago, a date, a time, or seconds since 1970.</summary>
public static class Moments
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadFilter"/>.</exception>
    public static DateTimeOffset Parse(string text, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds < 1e11)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        }

        if (TryParseDuration(text, out var ago))
        {
            return now - ago;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var moment)
            ? moment
            : throw new BuilderException(EngineErrors.BadFilter, $"'{text}' is no moment", "write it as a duration such as 24h, as a date such as 2006-01-02, or as a time such as 2006-01-02T15:04:05Z");
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount > 1e8)
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits) is var end and >= 0 ? end : rest.Length;
            double? unit = rest[..letters] switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                "w" => 7 * 86400,
                _ => null,
            };
            if (unit is null)
            {
                return false;
            }

            duration += TimeSpan.FromSeconds(amount * unit.Value);
            rest = rest[letters..];
        }

        return text.Length > 0;
    }
}
