using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Builder.Benchmarks.SideBySide;

/// <summary>Debian's docker-registry on a loopback port, empty at its start.</summary>
internal sealed class LocalRegistry : IAsyncDisposable
{
    private readonly Process process;

    private LocalRegistry(Process process, string host) => (this.process, Host) = (process, host);

    /// <summary>Address and port.</summary>
    public string Host { get; }

    /// <param name="folder">Its own, which it makes.</param>
    public static async Task<LocalRegistry> StartAsync(string program, string folder)
    {
        Directory.CreateDirectory(folder);
        var host = $"127.0.0.1:{FreePort()}";
        var config = Path.Combine(folder, "registry.yml");
        File.WriteAllText(config, $"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\nhttp: {{addr: \"{host}\", secret: bench}}\n");
        var process = Process.Start(new ProcessStartInfo(program, ["serve", config]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var client = new HttpClient();
        for (var attempt = 0; attempt < 100; attempt++)
        {
            try
            {
                (await client.GetAsync(new Uri($"http://{host}/v2/"))).Dispose();
                break;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        return new LocalRegistry(process, host);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
