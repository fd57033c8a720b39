using System.Globalization;
using System.Text;

namespace Builder.Graph.Compilation;

/// <summary>How Go prints values: history texts are made of these, and tools compare them.</summary>
internal static class GoText
{
    private const long Microsecond = 1_000;
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000_000_000;

    /// <summary>A list of quoted strings: <c>["a" "b"]</c>.</summary>
    public static string QuotedList(IEnumerable<string> values) => "[" + string.Join(' ', values.Select(Quote)) + "]";

    /// <summary>A list of bare strings: <c>[a b]</c>.</summary>
    public static string List(IEnumerable<string> values) => "[" + string.Join(' ', values) + "]";

    /// <summary>As <c>strconv.Quote</c>: what cannot be printed is escaped.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            quoted.Append(rune.Value switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                < 0x20 or 0x7F => $"\\x{rune.Value:x2}",
                var code when IsPrintable(rune) => rune.ToString(),
                var code and < 0x10000 => $"\\u{code:x4}",
                var code => $"\\U{code:x8}",
            });
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>As <c>time.Duration</c> prints: <c>1m30s</c>, <c>1.5s</c>, <c>100ms</c>, <c>0s</c>.</summary>
    public static string Duration(long nanoseconds)
    {
        if (nanoseconds == 0)
        {
            return "0s";
        }

        if (nanoseconds < Second)
        {
            return nanoseconds < Microsecond ? $"{nanoseconds}ns"
                : nanoseconds < Millisecond ? Decimal(nanoseconds, Microsecond) + "µs"
                : Decimal(nanoseconds, Millisecond) + "ms";
        }

        var minutes = nanoseconds / (60 * Second);
        var seconds = Decimal(nanoseconds % (60 * Second), Second) + "s";
        return minutes == 0 ? seconds
            : minutes < 60 ? $"{minutes}m{seconds}"
            : $"{minutes / 60}h{minutes % 60}m{seconds}";
    }

    private static string Decimal(long value, long unit) => ((decimal)value / unit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
