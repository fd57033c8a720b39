using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Registry;
using Builder.Registry.Authentication;
using Builder.Registry.Authentication.Stores;
using Builder.Registry.Configuration;

namespace Builder.Cli.Registries;

/// <summary>How a verb that talks to a registry is told whom to trust and how to log in: the same flags for every such verb.</summary>
internal sealed class RegistryFlags
{
    private readonly Option<string?> creds = new("--creds") { Description = "User and password for the registry, as USER:PASSWORD", HelpName = "user:password" };
    private readonly Option<bool?> tlsVerify = new("--tls-verify") { Description = "false: take any certificate, and plain HTTP where there is no TLS; true: insist on TLS", HelpName = "true|false" };
    private readonly Option<string?> authFile = new("--authfile") { Description = "The only file to read logins from", HelpName = "path" };
    private readonly Option<string?> certFolder = new("--cert-dir") { Description = "A folder of certificates (*.crt, *.cert, *.key) for the registry", HelpName = "path" };

    public void AddTo(Command command, bool withCreds = true)
    {
        if (withCreds)
        {
            command.Add(creds);
        }

        command.Add(tlsVerify);
        command.Add(authFile);
        command.Add(certFolder);
    }

    /// <summary>What the machine says, for builds, which name any number of registries.</summary>
    public static RegistryOptions OfMachine(Action<RegistryWarning> onWarning) => new MachineSettings(new CredentialEnvironment()).Options(onWarning);

    public static void Show(RegistryWarning warning) => Terminal.WriteErrorLine($"warning: {Terminal.Harmless(warning.Host)}: {Terminal.Harmless(warning.Text)}");

    public CredentialEnvironment Environment(ParseResult parsed) => new() { AuthFile = parsed.GetValue(authFile) };

    /// <summary>What the machine says, and what the user says about one registry.</summary>
    /// <param name="domain">Host and port as in references.</param>
    public RegistryOptions Options(ParseResult parsed, string domain)
    {
        var options = new MachineSettings(Environment(parsed)).Options(Show);
        options = parsed.GetValue(tlsVerify) switch
        {
            true => options with { Tls = [domain] },
            false => options with { Insecure = [.. options.Insecure, domain] },
            null => options,
        };
        if (parsed.GetValue(certFolder) is { } folder)
        {
            options = options with { Hosts = new Dictionary<string, HostSettings>(options.Hosts) { [domain] = new() { CertificateFolder = folder } } };
        }

        return Login(parsed) is { } login ? options with { Credentials = new GivenCredentials(domain, login, options.Credentials) } : options;
    }

    private Credential? Login(ParseResult parsed)
    {
        if (parsed.GetValue(creds) is not { } text)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? new Credential(text[..colon], text[(colon + 1)..])
            : throw new BuilderException(CliErrors.Usage, "--creds takes a user and a password", "write it as USER:PASSWORD");
    }
}
