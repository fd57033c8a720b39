using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Registry.Authentication.Stores;

namespace Builder.Cli.Commands;

/// <summary><c>builder logout</c>: forgets a login wherever it is kept.</summary>
internal static class LogoutCommand
{
    private static readonly Option<string?> AuthFile = new("--authfile") { Description = "The only file to forget the login in", HelpName = "path" };
    private static readonly Argument<string?> Registry = new("registry") { Description = "Host and port of the registry (default: docker.io)", Arity = ArgumentArity.ZeroOrOne };

    public static Command Create()
    {
        var command = new Command("logout", "Forget the login of a registry") { AuthFile, Registry };
        command.SetAction((parsed, _) => Session.GuardAsync(async token =>
        {
            var domain = LoginCommand.Domain(parsed.GetValue(Registry));
            var store = new CredentialStore(new CredentialEnvironment { AuthFile = parsed.GetValue(AuthFile) }, RegistryFlags.Show);
            Terminal.WriteLine(await store.EraseAsync(domain, token) ? $"Removed the login of {domain}" : $"Not logged in to {domain}");
            return 0;
        }));
        return command;
    }
}
