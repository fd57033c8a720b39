using System.Collections.Concurrent;
using Builder.Oci;
using Builder.Registry.Routing;
using Builder.Registry.Transport;
using Tomlyn.Model;

namespace Builder.Registry.Configuration;

/// <summary>
/// containerd's <c>certs.d/&lt;host&gt;/hosts.toml</c>: mirrors of one registry with what each may be asked for, and their TLS
/// (containerd, docs/hosts.md).
/// </summary>
internal sealed class HostsToml(IReadOnlyList<string> folders)
{
    private const string FileName = "hosts.toml";
    private readonly ConcurrentDictionary<string, File?> files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The places to ask for an image, the registry itself last; null when no file is about its registry.</summary>
    public IReadOnlyList<PullSource>? Find(ImageReference reference)
    {
        if (FileOf(reference.Domain) is not { } file)
        {
            return null;
        }

        var mirrors = file.Hosts.Where(host => host.MayPull).Select(host => new PullSource(host.Address.Authority, reference.Path)
        {
            BaseAddress = host.Address,
            Namespace = reference.Domain,
            ResolvesTags = host.MayResolve,
        });
        return [.. mirrors, Origin(reference)!];
    }

    public PullSource? Origin(ImageReference reference) => FileOf(reference.Domain) switch
    {
        null => null,
        { Server: null } => new PullSource(reference.Domain, reference.Path),
        { Server: { } server } => new PullSource(reference.Domain, reference.Path) { BaseAddress = server },
    };

    /// <summary>The TLS and headers of every host that a registry's file names.</summary>
    public IEnumerable<(string Authority, HostSettings Settings)> SettingsFor(string domain) =>
        FileOf(domain)?.Hosts.Select(host => (host.Address.Authority, host.Settings)) ?? [];

    /// <summary>Every registry that has a folder, but not <c>_default</c>, which is about all others.</summary>
    public IEnumerable<(string Authority, HostSettings Settings)> AllSettings() =>
        folders.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)
            .Where(folder => System.IO.File.Exists(Path.Combine(folder, FileName)))
            .Order(StringComparer.Ordinal)
            .SelectMany(folder => Read(Path.Combine(folder, FileName))?.Hosts ?? [])
            .Select(host => (host.Address.Authority, host.Settings));

    private File? FileOf(string domain) => files.GetOrAdd(domain, _ => Folders(domain).Select(folder => Read(Path.Combine(folder, FileName))).FirstOrDefault(file => file is not null));

    private IEnumerable<string> Folders(string domain)
    {
        var (host, port) = HostLists.Split(domain);
        string[] names = port.Length > 0 ? [domain, $"{host}_{port}_", "_default"] : [domain, "_default"];
        return folders.SelectMany(folder => names.Select(name => Path.Combine(folder, name)));
    }

    private static File? Read(string path)
    {
        if (TomlFile.TryRead(path) is not { } table)
        {
            return null;
        }

        var server = table.Text("server") is { } address ? BaseOf(path, address, table.Flag("override_path") == true) : null;
        var hosts = (table.Table("host") ?? []).Select(pair => HostOf(path, pair.Key, pair.Value as TomlTable ?? [])).ToList();
        return new File(server, hosts);
    }

    private static Host HostOf(string path, string address, TomlTable table)
    {
        var capabilities = table.Texts("capabilities") ?? ["pull", "resolve", "push"];
        var folder = Path.GetDirectoryName(path)!;
        return new Host(BaseOf(path, address, table.Flag("override_path") == true), capabilities.Contains("pull"), capabilities.Contains("resolve"), new HostSettings
        {
            Authorities = [.. (table.Texts("ca") ?? []).Select(file => Path.Combine(folder, file))],
            Clients = [.. ClientsOf(table).Select(pair => (Path.Combine(folder, pair.Certificate), pair.Key.Length == 0 ? "" : Path.Combine(folder, pair.Key)))],
            SkipVerify = table.Flag("skip_verify") == true,
            Headers = (table.Table("header") ?? []).ToDictionary(pair => pair.Key, pair => pair.Value is TomlArray many ? string.Join(", ", many.OfType<string>()) : pair.Value as string ?? ""),
        });
    }

    /// <summary>One file, several files, or pairs of files.</summary>
    private static IEnumerable<(string Certificate, string Key)> ClientsOf(TomlTable table) => !table.TryGetValue("client", out var value) ? [] : value switch
    {
        string file => [(file, "")],
        TomlArray array => array.Select(entry => entry switch
        {
            string file => (file, ""),
            TomlArray pair when pair.Count == 2 => (pair[0] as string ?? "", pair[1] as string ?? ""),
            _ => ("", ""),
        }).Where(pair => pair.Item1.Length > 0),
        _ => [],
    };

    /// <summary>The base of the API: <c>/v2/</c> is added unless the file says that the path is complete.</summary>
    private static Uri BaseOf(string path, string address, bool isComplete)
    {
        var text = address.Contains("://", StringComparison.Ordinal) ? address : $"https://{address}";
        text = text.TrimEnd('/') + "/";
        if (!isComplete && !text.EndsWith("/v2/", StringComparison.Ordinal))
        {
            text += "v2/";
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : throw TomlFile.Invalid(path, $"'{Printable.Text(address, 100)}' is not the address of a registry", null);
    }

    private sealed record Host(Uri Address, bool MayPull, bool MayResolve, HostSettings Settings);

    private sealed record File(Uri? Server, IReadOnlyList<Host> Hosts);
}
