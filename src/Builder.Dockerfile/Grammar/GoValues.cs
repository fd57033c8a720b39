using System.Globalization;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>Values in the notations that the language took over from Go's standard library and Docker's units.</summary>
public static class GoValues
{
    private static readonly Parser<(Token Number, Token Unit)> Quantity =
        from number in Tokens.Run(c => char.IsAsciiDigit(c) || c == '.')
        from unit in Tokens.Maybe(Tokens.Run(c => !char.IsAsciiDigit(c) && c != '.'))
        select (number, unit);

    private static readonly Parser<IEnumerable<(Token Number, Token Unit)>> Quantities = Quantity.AtLeastOnce().End();

    private static readonly Parser<(Token Number, Token Unit)> OneQuantity = Quantity.End();

    public static bool TryParseBoolean(string text, out bool value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False";
    }

    /// <summary><c>1h30m</c>, <c>1.5s</c>, <c>-100ms</c>, <c>0</c>, in nanoseconds.</summary>
    public static bool TryParseDuration(string text, out long nanoseconds)
    {
        ArgumentNullException.ThrowIfNull(text);
        nanoseconds = 0;
        var sign = text.StartsWith('-') ? -1 : 1;
        var unsigned = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        if (unsigned == "0")
        {
            return true;
        }

        var parsed = Quantities(new TextInput(unsigned, 0, unsigned.Length));
        if (!parsed.WasSuccessful)
        {
            return false;
        }

        var total = 0m;
        foreach (var (number, unit) in parsed.Value)
        {
            if (NanosecondsPer(unit.Of(unsigned)) is not { } scale || !TryParseNumber(number.Of(unsigned), out var count))
            {
                return false;
            }

            total += count * scale;
            if (total > long.MaxValue)
            {
                return false;
            }
        }

        nanoseconds = sign * (long)total;
        return true;
    }

    /// <summary><c>64m</c>, <c>1.5g</c>, <c>2GiB</c>, <c>4096</c>, in bytes; every unit is a power of 1024.</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        bytes = 0;
        var parsed = OneQuantity(new TextInput(text, 0, text.Length));
        if (!parsed.WasSuccessful
            || BytesPer(parsed.Value.Unit.Of(text).Trim().ToLowerInvariant()) is not { } scale
            || !TryParseNumber(parsed.Value.Number.Of(text), out var count)
            || count * scale > long.MaxValue)
        {
            return false;
        }

        bytes = (long)(count * scale);
        return true;
    }

    // Fifteen digits before the point keep every product inside a decimal.
    private static bool TryParseNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        && number < 1_000_000_000_000_000m;

    private static decimal? NanosecondsPer(string unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };

    private static decimal? BytesPer(string unit)
    {
        if (unit is "" or "b")
        {
            return 1;
        }

        var power = "kmgtp".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        return power > 0 && unit[1..] is "" or "b" or "ib" ? 1L << (10 * power) : null;
    }
}
