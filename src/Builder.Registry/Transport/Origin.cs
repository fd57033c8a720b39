namespace Builder.Registry.Transport;

/// <summary>
/// Whom a request talks to: scheme, host and port (RFC 6454). Credentials obtained for one origin are never shown to
/// another, not even to another port of the same host.
/// </summary>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    public static Origin Of(Uri uri) => new(uri.Scheme, uri.IdnHost.TrimEnd('.').ToLowerInvariant(), uri.Port);
}
