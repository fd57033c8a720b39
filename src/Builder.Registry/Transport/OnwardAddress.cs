namespace Builder.Registry.Transport;

/// <summary>Where a server may send us on to, by a redirect or by the <c>Location</c> of an upload: one rule for both.</summary>
internal static class OnwardAddress
{
    /// <summary>Why an address is not gone to, to follow "redirects" or "sends the upload"; null when it may be gone to.</summary>
    /// <param name="from">Where the answer came from.</param>
    /// <param name="target">Null for what is no HTTP address at all.</param>
    public static string? WhyRefused(Uri from, Uri? target) =>
        target is null ? "to something that is not an HTTP address"
        : from.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps ? $"from https to plain http at {target.Authority}"
        : HostKind.IsOnlyMeaningfulHere(target.Host) && !HostKind.IsOnlyMeaningfulHere(from.Host) ? $"to {target.Authority}, an address of this machine"
        : HostKind.IsInternal(target.Host) && !HostKind.IsInternal(from.Host) ? $"to {target.Authority}, an address of an internal network"
        : null;
}
