using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Builder.Diagnostics;
using Builder.Registry.Content;

namespace Builder.Registry.Authentication.Stores;

/// <summary>
/// A program <c>docker-credential-NAME</c> that keeps logins (docker-credential-helpers protocol): a verb as the argument, a
/// registry's address or a JSON object on standard input, JSON on standard output. What it prints is never shown.
/// </summary>
internal sealed class CredentialHelper
{
    private const string Prefix = "docker-credential-";
    private const string IdentityUser = "<token>";
    private const string NotFound = "credentials not found";
    private const int MaxOutput = 64 * 1024;

    /// <summary>A helper may ask its user to unlock a key ring.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string program;

    private CredentialHelper(string program) => this.program = program;

    /// <summary>A program of this suffix on the path.</summary>
    /// <exception cref="BuilderException"><see cref="RegistryErrors.CredentialHelper"/>: that is no name of a program.</exception>
    public static CredentialHelper Named(string suffix) =>
        suffix.AsSpan().IndexOfAny('/', '\\') < 0
            ? new CredentialHelper(Prefix + suffix)
            : throw new BuilderException(RegistryErrors.CredentialHelper, $"'{suffix}' is not the name of a credential helper", "credsStore and credHelpers name programs on the path, without a folder");

    /// <summary>Null when the helper has no login for the registry.</summary>
    public async Task<Credential?> GetAsync(string domain, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync("get", RegistryKey.Of(domain), cancellationToken);
        if (exitCode != 0)
        {
            return output.Contains(NotFound, StringComparison.OrdinalIgnoreCase) ? null : throw Failed("get", $"exits with {exitCode}");
        }

        HelperLogin? login;
        try
        {
            login = JsonSerializer.Deserialize(output, RegistryJson.Default.HelperLogin);
        }
        catch (JsonException)
        {
            login = null;
        }

        return login is { UserName: { } user, Secret: { Length: > 0 } secret }
            ? new Credential(user, secret) { Kind = user == IdentityUser ? CredentialKind.IdentityToken : CredentialKind.Password }
            : throw Failed("get", "does not answer with a user name and a secret");
    }

    public async Task StoreAsync(string domain, Credential credential, CancellationToken cancellationToken)
    {
        var user = credential.Kind == CredentialKind.IdentityToken ? IdentityUser : credential.UserName;
        var login = new HelperLogin { ServerUrl = RegistryKey.Of(domain), UserName = user, Secret = credential.Secret };
        var (exitCode, _) = await RunAsync("store", JsonSerializer.Serialize(login, RegistryJson.Default.HelperLogin), cancellationToken);
        if (exitCode != 0)
        {
            throw Failed("store", $"exits with {exitCode}");
        }
    }

    /// <summary>False when there was nothing to erase.</summary>
    public async Task<bool> EraseAsync(string domain, CancellationToken cancellationToken)
    {
        var (exitCode, output) = await RunAsync("erase", RegistryKey.Of(domain), cancellationToken);
        return exitCode == 0 || (output.Contains(NotFound, StringComparison.OrdinalIgnoreCase) ? false : throw Failed("erase", $"exits with {exitCode}"));
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string verb, string input, CancellationToken cancellationToken)
    {
        using var process = Start(verb);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            // What it complains about is read, so that it cannot block on a full pipe, and not shown.
            var complaints = process.StandardError.BaseStream.CopyToAsync(Stream.Null, deadline.Token);
            await WriteAsync(process, input, deadline.Token);
            var output = await ReadAsync(process.StandardOutput.BaseStream, deadline.Token);
            await complaints;
            await process.WaitForExitAsync(deadline.Token);
            return (process.ExitCode, output ?? throw Failed(verb, "answers without end"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(verb, $"does not answer within {Patience.TotalMinutes} minutes");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start(string verb)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, [verb])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new BuilderException(RegistryErrors.CredentialHelper, $"the credential helper {program} cannot be started", "install it, or take it out of credsStore and credHelpers in the file of logins", inner: e);
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It did not want to know; its exit code says what that means.
        }
    }

    private static async Task<string?> ReadAsync(Stream output, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxOutput];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await output.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (read == 0)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }

            length += read;
        }

        return null;
    }

    private BuilderException Failed(string verb, string what) =>
        new(RegistryErrors.CredentialHelper, $"the credential helper {program} {what} (verb {verb})", $"try '{program} list' by hand");
}
