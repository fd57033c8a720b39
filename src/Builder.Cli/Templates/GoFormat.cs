using System.Globalization;
using System.Text;

namespace Builder.Cli.Templates;

/// <summary>The verbs of Go's fmt that templates use: <c>%v %s %q %d %x %t %f %%</c>, with width, <c>-</c>, <c>0</c> and precision.</summary>
internal static class GoFormat
{
    private const int MaxWidth = 1000;

    public static string Format(string format, ReadOnlySpan<object?> arguments)
    {
        var text = new StringBuilder();
        var used = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            i++;
            var flags = i;
            while (i < format.Length && format[i] is '-' or '+' or '0' or ' ')
            {
                i++;
            }

            var isLeft = format.AsSpan(flags, i - flags).Contains('-');
            var pad = format.AsSpan(flags, i - flags).Contains('0') && !isLeft ? '0' : ' ';
            var width = ReadNumber(format, ref i);
            int? precision = null;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = ReadNumber(format, ref i);
            }

            var verb = i < format.Length ? format[i] : throw TemplateErrors.Running($"the format '{format}' ends in the middle of a verb");
            if (verb == '%')
            {
                text.Append('%');
                continue;
            }

            var value = used < arguments.Length ? arguments[used++] : throw TemplateErrors.Running($"the format '{format}' has more verbs than there are values");
            var shown = Show(verb, value, precision);
            text.Append(isLeft ? shown.PadRight(width) : shown.PadLeft(width, pad));
        }

        return text.ToString();
    }

    private static string Show(char verb, object? value, int? precision) => (verb, value) switch
    {
        ('v' or 's', _) => TemplateText.Of(value) is var text && precision < text.Length ? text[..precision.Value] : text,
        ('q', _) => TemplateText.Json(TemplateText.Of(value)),
        ('d', long whole) => whole.ToString(CultureInfo.InvariantCulture),
        ('x', long whole) => whole.ToString("x", CultureInfo.InvariantCulture),
        ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ('t', bool flag) => flag ? "true" : "false",
        ('f', long or double) => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("F" + (precision ?? 6), CultureInfo.InvariantCulture),
        _ => throw TemplateErrors.Running($"the template prints {TemplateText.Of(value)} with %{verb}, which is for something else"),
    };

    private static int ReadNumber(string format, ref int at)
    {
        var start = at;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            at++;
        }

        return at == start ? 0 : int.TryParse(format.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var number) ? Math.Min(number, MaxWidth) : MaxWidth;
    }
}
