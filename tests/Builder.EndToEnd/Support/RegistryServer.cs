using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Builder.EndToEnd.Support;

/// <summary>Debian's <c>docker-registry</c> on a loopback port of its own, with a configuration and a folder of its own.</summary>
public sealed class RegistryServer : IAsyncDisposable
{
    private readonly TestFolder folder = new();
    private Process? process;

    /// <summary>Host and port, as it appears in image references.</summary>
    public string Host { get; private set; } = "";

    public static async Task<RegistryServer> StartAsync()
    {
        Tool.Require("docker-registry");
        var server = new RegistryServer();
        var port = FreePort();
        server.Host = $"127.0.0.1:{port}";
        var config = server.folder.Write("config.yml", $"""
            version: 0.1
            log: {"{"} level: error, accesslog: {"{"} disabled: true {"}"} {"}"}
            storage:
              filesystem: {"{"} rootdirectory: {server.folder.PathOf("data")} {"}"}
            http: {"{"} addr: "{server.Host}" {"}"}
            """);
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
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
        folder.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                if ((await client.GetAsync(new Uri($"http://{Host}/v2/"))).IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new TimeoutException("docker-registry did not answer within ten seconds");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
