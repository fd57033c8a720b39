using System.Text;

namespace Builder.Engine.Options;

/// <summary>The value of an option that is a list of <c>KEY=VALUE</c>: comma-separated, where quotes around a whole field protect commas (RFC 4180).</summary>
internal static class OptionFields
{
    /// <summary>The fields in their order, keys in lower case; a field without <c>=</c> has no key.</summary>
    public static IReadOnlyList<(string Key, string Value)> Parse(string text) => [.. Split(text).Select(KeyAndValue)];

    private static (string, string) KeyAndValue(string field) =>
        field.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
            ? (field[..equals].Trim().ToLowerInvariant(), field[(equals + 1)..])
            : ("", field);

    private static List<string> Split(string text)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '"' && (isQuoted || field.Length == 0))
            {
                if (isQuoted && i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append(c);
                    i++;
                    continue;
                }

                isQuoted = !isQuoted;
            }
            else if (c == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
