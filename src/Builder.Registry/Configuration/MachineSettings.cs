using Builder.Oci;
using Builder.Registry.Authentication.Stores;
using Builder.Registry.Routing;

namespace Builder.Registry.Configuration;

/// <summary>
/// What this machine and this user say about registries in the files that Docker, Podman and containerd share: logins,
/// certificates, mirrors, short names (spec/registry.md, "Configuration").
/// </summary>
public sealed class MachineSettings
{
    private readonly Func<string, string?> variable;
    private readonly CredentialEnvironment environment;
    private readonly Lazy<RegistriesConf> conf;
    private readonly Lazy<HostsToml> hosts;

    public MachineSettings(CredentialEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        this.environment = environment;
        variable = environment.Variable;
        conf = new Lazy<RegistriesConf>(() => RegistriesConf.Read(ConfFiles()));
        hosts = new Lazy<HostsToml>(() => new HostsToml(HostsFolders()));
    }

    private string Config => Value("XDG_CONFIG_HOME") ?? Path.Combine(Value("HOME") ?? "/", ".config");

    /// <summary>Options with everything that is configured outside.</summary>
    /// <param name="onWarning">See <see cref="RegistryOptions.OnWarning"/>.</param>
    /// <exception cref="RegistryException"><see cref="RegistryErrors.Configuration"/>: a file cannot be used.</exception>
    public RegistryOptions Options(Action<RegistryWarning>? onWarning = null) => new()
    {
        Credentials = new CredentialStore(environment, onWarning),
        CertificateFolders = [Path.Combine(Config, "containers", "certs.d"), Path.Combine(Config, "docker", "certs.d"), "/etc/containers/certs.d", "/etc/docker/certs.d"],
        Hosts = HostSettings(),
        Insecure = [.. conf.Value.InsecureHosts],
        Sources = new Sources(conf.Value, hosts.Value),
        OnWarning = onWarning,
    };

    /// <summary>
    /// What a name may mean, in the order in which to try: a name with a registry only itself; one without what an alias
    /// says, else the name at each search registry, else at Docker Hub.
    /// </summary>
    /// <exception cref="Diagnostics.BuilderException">The name does not fit the grammar.</exception>
    public IReadOnlyList<ImageReference> Candidates(string name)
    {
        var reference = ImageReference.Parse(name);
        var first = name.Split('/')[0];
        if (reference.Domain != ImageReference.DockerHub || first is ImageReference.DockerHub or "index.docker.io" || first.AsSpan().IndexOfAny('.', ':') >= 0 && name.Contains('/', StringComparison.Ordinal))
        {
            return [reference];
        }

        var bare = name.Split('@')[0];
        var colon = bare.LastIndexOf(':');
        bare = colon > bare.LastIndexOf('/') ? bare[..colon] : bare;
        if (conf.Value.Alias(bare) is { Length: > 0 } target)
        {
            return [ImageReference.Parse(target + name[bare.Length..])];
        }

        return conf.Value.SearchRegistries is { Count: > 0 } registries ? [.. registries.Select(registry => ImageReference.Parse($"{registry}/{name}"))] : [reference];
    }

    private Dictionary<string, HostSettings> HostSettings()
    {
        var all = new Dictionary<string, HostSettings>(StringComparer.OrdinalIgnoreCase);
        foreach (var (authority, settings) in hosts.Value.AllSettings())
        {
            all.TryAdd(authority, settings);
        }

        return all;
    }

    /// <summary>The system's file and its drop-ins, or the user's instead; <c>CONTAINERS_REGISTRIES_CONF</c> instead of all.</summary>
    private IEnumerable<string> ConfFiles()
    {
        if (Value("CONTAINERS_REGISTRIES_CONF") is { } only)
        {
            return [only];
        }

        var own = Path.Combine(Config, "containers", "registries.conf");
        var main = File.Exists(own) ? own : "/etc/containers/registries.conf";
        return [main, .. DropIns("/etc/containers/registries.conf.d"), .. DropIns(Path.Combine(Config, "containers", "registries.conf.d"))];
    }

    private static IEnumerable<string> DropIns(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal) : [];

    private IReadOnlyList<string> HostsFolders() =>
        [Path.Combine(Config, "containerd", "certs.d"), "/etc/containerd/certs.d", "/etc/docker/certs.d"];

    private string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>registries.conf first: who has written one for a registry means it.</summary>
    private sealed class Sources(RegistriesConf conf, HostsToml hosts) : IImageSources
    {
        public IReadOnlyList<PullSource>? Find(ImageReference reference) => conf.Find(reference) ?? hosts.Find(reference);

        public PullSource? Origin(ImageReference reference) => conf.Origin(reference) ?? hosts.Origin(reference);
    }
}
