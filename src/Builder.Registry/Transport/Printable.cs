namespace Builder.Registry.Transport;

internal static class Printable
{
    /// <summary>A server's text as it may reach a terminal: no control characters, not longer than <paramref name="limit"/>.</summary>
    public static string Text(string text, int limit)
    {
        var cut = text.Length > limit ? text[..limit] + "…" : text;
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
    }
}
