using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Authentication;
using Builder.Registry.Authentication.Stores;

namespace Builder.Cli.Commands;

/// <summary><c>builder login</c>: proves a login with the registry and keeps it where Docker would.</summary>
internal static class LoginCommand
{
    private static readonly RegistryFlags Flags = new();
    private static readonly Option<string?> User = new("--username", "-u") { Description = "User name (default: asked for)", HelpName = "name" };
    private static readonly Option<string?> Password = new("--password", "-p") { Description = "Password; others on this machine can see it", HelpName = "password" };
    private static readonly Option<bool> PasswordStdin = new("--password-stdin") { Description = "Read the password from standard input" };
    private static readonly Argument<string?> Registry = new("registry") { Description = "Host and port of the registry (default: docker.io)", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("login", "Log in to a registry") { User, Password, PasswordStdin, Registry };
        Flags.AddTo(command, withCreds: false);
        command.SetAction((parsed, _) => Session.GuardAsync(token => LogInAsync(parsed, token)));
        return command;
    }

    /// <summary>The registry that a user means: a host, with or without a scheme or a path behind it.</summary>
    internal static string Domain(string? registry)
    {
        var text = registry ?? ImageReference.DockerHub;
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        var host = (scheme < 0 ? text : text[(scheme + 3)..]).Split('/')[0];
        if (host is "index.docker.io" or "registry-1.docker.io")
        {
            return ImageReference.DockerHub;
        }

        return ImageReference.TryParse($"{host}/x", out var reference) && (reference.Domain == host || host == ImageReference.DockerHub)
            ? host
            : ImageReference.TryParse($"{host}:443/x", out _)
                ? host
                : throw new BuilderException(CliErrors.Usage, $"'{registry}' is not a registry", "write it as host or host:port");
    }

    private static async Task<int> LogInAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var domain = Domain(parsed.GetValue(Registry));
        var login = await LoginOfAsync(parsed, domain, cancellationToken);
        var options = Flags.Options(parsed, domain);
        using var client = new RegistryClient(options with { Credentials = new GivenCredentials(domain, login, AnonymousCredentials.Instance) });
        var wasAsked = await client.LogInAsync(domain, cancellationToken);
        if (!wasAsked)
        {
            Terminal.WriteErrorLine($"warning: {domain} did not ask for a login, so it has not been proved");
        }

        var kept = await new CredentialStore(Flags.Environment(parsed)).SaveAsync(domain, login, cancellationToken);
        Terminal.WriteErrorLine($"login kept in {kept}");
        Terminal.WriteLine("Login Succeeded");
        return 0;
    }

    private static async Task<Credential> LoginOfAsync(ParseResult parsed, string domain, CancellationToken cancellationToken)
    {
        var (user, password) = (parsed.GetValue(User), parsed.GetValue(Password));
        if (parsed.GetValue(PasswordStdin))
        {
            if (password is not null || user is null)
            {
                throw new BuilderException(CliErrors.Usage, password is null ? "--password-stdin needs --username" : "--password and --password-stdin exclude each other");
            }

            using var input = new StreamReader(Terminal.OpenInput());
            password = (await input.ReadToEndAsync(cancellationToken)).TrimEnd('\r', '\n');
        }
        else if (password is not null)
        {
            Terminal.WriteErrorLine("warning: others on this machine can see a password on the command line; --password-stdin hides it");
        }
        else if (!Prompt.IsPossible)
        {
            throw new BuilderException(CliErrors.Usage, "there is no terminal to ask for the password", "give it with --username and --password-stdin");
        }

        user ??= await Prompt.LineAsync($"Username for {domain}: ", cancellationToken);
        password ??= await Prompt.SecretAsync($"Password for {user}: ", cancellationToken);
        return user is { Length: > 0 } && password is { Length: > 0 }
            ? new Credential(user, password)
            : throw new BuilderException(CliErrors.Usage, "a login needs a user name and a password");
    }
}
