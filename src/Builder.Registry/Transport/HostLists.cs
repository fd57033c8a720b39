namespace Builder.Registry.Transport;

/// <summary>Lists of hosts in <see cref="RegistryOptions"/>.</summary>
internal static class HostLists
{
    /// <summary>Whether a list has <c>host:port</c>, or <c>host</c> and thereby every port of it.</summary>
    public static bool Contains(IReadOnlyList<string> entries, string authority)
    {
        var host = Split(authority).Host;
        return entries.Any(entry => entry.Equals(authority, StringComparison.OrdinalIgnoreCase) || entry.Equals(host, StringComparison.OrdinalIgnoreCase));
    }

    public static (string Host, string Port) Split(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') ? (authority[..colon], authority[(colon + 1)..]) : (authority, "");
    }
}
