using System.Buffers.Text;

namespace Builder.Archives.Tar;

/// <summary>Numbers of PAX records: decimal integers, and times with a fraction.</summary>
internal static class PaxNumber
{
    private const int NanosecondDigits = 9;

    public static long Parse(ReadOnlySpan<byte> text, string key, long offset) =>
        TryParse(text, out var value) ? value : throw NotANumber(text, key, offset);

    /// <summary>Seconds and the nanoseconds after them; <c>-1.5</c> is -2 and 500,000,000. Digits beyond nine are dropped.</summary>
    public static (long Seconds, int Nanoseconds) ParseTime(ReadOnlySpan<byte> text, string key, long offset)
    {
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var negative = whole is [(byte)'-', ..];
        long seconds = 0;
        if (!(point > 0 && whole is [(byte)'-']) && !TryParse(whole, out seconds))
        {
            throw NotANumber(text, key, offset);
        }

        var nanoseconds = 0;
        var fraction = point < 0 ? default : text[(point + 1)..];
        for (var i = 0; i < Math.Max(NanosecondDigits, fraction.Length); i++)
        {
            var digit = i < fraction.Length ? fraction[i] - '0' : 0;
            if (digit is < 0 or > 9)
            {
                throw NotANumber(text, key, offset);
            }

            nanoseconds = i < NanosecondDigits ? (nanoseconds * 10) + digit : nanoseconds;
        }

        return !negative || nanoseconds == 0 ? (seconds, nanoseconds)
            : seconds == long.MinValue ? throw NotANumber(text, key, offset)
            : (seconds - 1, 1_000_000_000 - nanoseconds);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length && text[0] != '+';

    private static Diagnostics.BuilderException NotANumber(ReadOnlySpan<byte> text, string key, long offset) =>
        TarReader.Broken(offset, $"{key} is '{Printable.Text(text)}', which is not a number in range");
}
