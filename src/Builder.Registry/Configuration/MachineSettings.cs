using Builder.Registry.Authentication.Stores;

namespace Builder.Registry.Configuration;

/// <summary>
/// What this machine and this user say about registries in the files that Docker, Podman and containerd share: logins,
/// certificates, mirrors (spec/registry.md, "Configuration").
/// </summary>
public static class MachineSettings
{
    /// <summary>Options with everything that is configured outside; nothing is read before it is needed.</summary>
    /// <param name="onWarning">See <see cref="RegistryOptions.OnWarning"/>.</param>
    public static RegistryOptions Read(CredentialEnvironment environment, Action<RegistryWarning>? onWarning = null)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new RegistryOptions
        {
            Credentials = new CredentialStore(environment, onWarning),
            CertificateFolders = CertificateFolders(environment.Variable),
            OnWarning = onWarning,
        };
    }

    private static IReadOnlyList<string> CertificateFolders(Func<string, string?> variable)
    {
        var config = variable("XDG_CONFIG_HOME") is { Length: > 0 } given ? given : Path.Combine(variable("HOME") ?? "/", ".config");
        return [Path.Combine(config, "containers", "certs.d"), Path.Combine(config, "docker", "certs.d"), "/etc/containers/certs.d", "/etc/docker/certs.d"];
    }
}
