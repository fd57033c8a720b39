namespace Builder.Testing.Http;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Target">Path and query, verbatim.</param>
public sealed record TestRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The client asked first whether its body was wanted, and was told no.</summary>
    public bool BodyWasRefused { get; init; }

    public string Path => Target.Split('?')[0];

    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>The decoded values of a query parameter, in order.</summary>
    public IReadOnlyList<string> Query(string name) =>
        Target.Split('?', 2) is [_, var query]
            ? [.. query.Split('&').Select(p => p.Split('=', 2)).Where(p => p[0] == name).Select(p => Uri.UnescapeDataString(p.ElementAtOrDefault(1) ?? ""))]
            : [];

    public override string ToString() => $"{Method} {Target}";
}
