using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Builder.Testing.Registries;

namespace Builder.EndToEnd.Support;

/// <summary>Debian's <c>docker-registry</c> on a loopback port of its own, with a configuration and a folder of its own.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private readonly RegistrySetup setup;
    private Process? process;

    private RegistryServer(RegistrySetup setup) => this.setup = setup;

    /// <summary>Host and port, as it appears in image references.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Where the server keeps what is pushed; can be handed to another one, with another set-up.</summary>
    public string Data => setup.Data ?? folder.PathOf("data");

    public static async Task<RegistryServer> StartAsync(RegistrySetup? setup = null)
    {
        Tool.Require("docker-registry");
        var server = new RegistryServer(setup ?? new RegistrySetup());
        server.Host = $"127.0.0.1:{FreePort()}";
        var config = server.folder.Write("config.yml", server.Configuration());
        var start = new ProcessStartInfo("/usr/bin/docker-registry") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(config);
        server.process = Process.Start(start)!;
        server.process.OutputDataReceived += (_, _) => { };
        server.process.ErrorDataReceived += (_, _) => { };
        server.process.BeginOutputReadLine();
        server.process.BeginErrorReadLine();
        await server.WaitUntilReadyAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
        process = null;
        folder.Dispose();
    }

    private string Configuration()
    {
        var text = new StringBuilder("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n");
        text.Append("storage:\n  delete: {enabled: true}\n").Append($"  filesystem: {{rootdirectory: {Data}}}\n");
        if (setup.ReadOnly)
        {
            text.Append("  maintenance: {readonly: {enabled: true}}\n");
        }

        // A fixed secret keeps upload sessions alive when the server is started again.
        text.Append($"http:\n  addr: \"{Host}\"\n  secret: fixed\n");
        if (setup.RelativeLocations)
        {
            text.Append("  relativeurls: true\n");
        }

        if (setup.Authority is { } authority)
        {
            var (certificate, key) = authority.IssuePem("registry");
            text.Append("  tls:\n").Append($"    certificate: {folder.Write("server.crt", certificate)}\n    key: {folder.Write("server.key", key)}\n");
            if (setup.ClientCertificates)
            {
                text.Append($"    clientcas: [{folder.Write("clients.crt", authority.Pem)}]\n");
            }
        }

        if (setup.BasicLogin)
        {
            text.Append($"auth: {{htpasswd: {{realm: test, path: {folder.Write("htpasswd", RegistrySetup.Htpasswd)}}}}}\n");
        }
        else if (setup.Tokens is { } tokens)
        {
            text.Append($"auth:\n  token:\n    realm: {tokens.Realm}\n    service: {JwtTokens.Service}\n    issuer: {JwtTokens.Issuer}\n");
            text.Append($"    rootcertbundle: {folder.Write("tokens.crt", tokens.CertificatePem)}\n");
        }

        return text.ToString();
    }

    /// <summary>Ready when something listens: whether it may be spoken to, the test finds out.</summary>
    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; attempt < 150; attempt++)
        {
            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await probe.ConnectAsync(IPEndPoint.Parse(Host));
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException("docker-registry did not answer within fifteen seconds");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
