using System.Globalization;
using System.Text;

namespace Builder.MSBuild.Items;

/// <summary>MSBuild's <c>%3B</c>: an escaped semicolon belongs to a value, a plain one separates two.</summary>
internal static class Escaping
{
    private const string Special = "%*?@$();'";

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            _ = Special.IndexOf(character) < 0
                ? escaped.Append(character)
                : escaped.Append('%').Append(((int)character).ToString("x2", CultureInfo.InvariantCulture));
        }

        return escaped.ToString();
    }

    public static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && int.TryParse(text.Substring(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                i += 2;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }

    /// <summary>The parts of a list in its escaped form, blanks around them and empty ones left out.</summary>
    public static IReadOnlyList<string> Split(string escaped) =>
        [.. escaped.Split(';').Select(part => Unescape(part.Trim())).Where(part => part.Length > 0)];

    /// <summary>A list as the value of a metadata.</summary>
    public static string Join(IEnumerable<string> parts) => string.Join(";", parts.Select(Escape));
}
