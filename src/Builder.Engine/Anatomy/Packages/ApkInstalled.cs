namespace Builder.Engine.Anatomy.Packages;

/// <summary><c>/lib/apk/db/installed</c>: one letter a field.</summary>
internal static class ApkInstalled
{
    public static IEnumerable<Package> Read(byte[] content) =>
        from stanza in TextStanzas.Read(content)
        where stanza.ContainsKey("P") && stanza.ContainsKey("V")
        select new Package("apk", stanza["P"], stanza["V"], stanza.GetValueOrDefault("A", ""), stanza.GetValueOrDefault("L"));
}
