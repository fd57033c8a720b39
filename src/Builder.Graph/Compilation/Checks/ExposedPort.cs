namespace Builder.Graph.Compilation.Checks;

/// <summary>A word of EXPOSE, cut but not checked.</summary>
/// <param name="Host">Address and port in front of the container's port; empty when there is none.</param>
/// <param name="Protocol">As written; empty when there is none.</param>
internal readonly record struct ExposedPort(string Text, string Host, string Protocol)
{
    public static ExposedPort Cut(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var ports = slash < 0 ? text : text[..slash];
        var colon = ports.LastIndexOf(':');
        return new ExposedPort(text, colon < 0 ? "" : ports[..colon].Trim(':'), slash < 0 ? "" : text[(slash + 1)..]);
    }
}
