using System.Text;

namespace Builder.Engine.Anatomy.Packages;

/// <summary>Paragraphs of <c>name: value</c> lines with blank lines between, which dpkg and apk keep their books in.</summary>
internal static class TextStanzas
{
    /// <returns>The first value of each field; continued lines are left out.</returns>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(byte[] content)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n').Append(""))
        {
            if (line.Length == 0)
            {
                if (fields.Count > 0)
                {
                    yield return fields;
                    fields = new Dictionary<string, string>(StringComparer.Ordinal);
                }
            }
            else if (line[0] is not (' ' or '\t') && line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
            {
                fields.TryAdd(line[..colon], line[(colon + 1)..].Trim());
            }
        }
    }
}
