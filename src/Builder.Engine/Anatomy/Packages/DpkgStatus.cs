namespace Builder.Engine.Anatomy.Packages;

/// <summary><c>/var/lib/dpkg/status</c>, and the files of <c>status.d</c> that distroless images have instead.</summary>
internal static class DpkgStatus
{
    public static IEnumerable<Package> Read(byte[] content) =>
        from stanza in TextStanzas.Read(content)
        where stanza.ContainsKey("Package") && stanza.ContainsKey("Version")

        // Packages that were removed stay in the file for their configuration. Where nothing says, it is there.
        where !stanza.TryGetValue("Status", out var status) || status.EndsWith(" installed", StringComparison.Ordinal)
        select new Package("deb", stanza["Package"], stanza["Version"], stanza.GetValueOrDefault("Architecture", ""), null);
}
