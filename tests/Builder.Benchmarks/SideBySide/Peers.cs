using System.Diagnostics;

namespace Builder.Benchmarks.SideBySide;

/// <summary>A builder of images that can be asked to build the same Dockerfile.</summary>
internal interface IPeer : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Takes in the base image.</summary>
    Task PrepareAsync(string baseArchive);

    Command Build(string context, bool noCache);

    Command Version { get; }
}

/// <summary>The program under test, with a store of its own.</summary>
internal sealed class BuilderPeer(string program, string folder) : IPeer
{
    private readonly Dictionary<string, string> environment = new() { ["BUILDER_ROOT"] = Path.Combine(folder, "builder") };

    public string Name => "builder";

    public Command Version => new(program, "version") { Environment = environment };

    public Task PrepareAsync(string baseArchive) => new Command(program, "load", "-i", baseArchive) { Environment = environment }.RunAsync();

    public Command Build(string context, bool noCache) =>
        new(program, ["build", "-t", "bench", .. noCache ? ["--no-cache"] : Array.Empty<string>(), context]) { Environment = environment };

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Debian's buildah with runc (its crun refuses hybrid control groups), on overlay, sharing the host's network.</summary>
internal sealed class BuildahPeer(string program, string folder) : IPeer
{
    private readonly string[] storage = ["--root", Path.Combine(folder, "buildah"), "--runroot", Path.Combine(folder, "buildah-run"), "--storage-driver", "overlay"];

    public string Name => "buildah bud --layers";

    public Command Version => new(program, "--version");

    public Task PrepareAsync(string baseArchive) => new Command(program, [.. storage, "pull", "-q", $"docker-archive:{baseArchive}"]).RunAsync();

    public Command Build(string context, bool noCache) => new(
        program,
        [.. storage, "bud", "--layers", "--runtime", "runc", "--network", "host", "--pull-never", "-t", "bench", .. noCache ? ["--no-cache"] : Array.Empty<string>(), context]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Debian's dockerd with its classic builder, started for this run and ended after it.</summary>
internal sealed class DockerPeer(string client, string daemon, string folder) : IPeer
{
    private readonly string socket = $"unix://{folder}/docker.sock";
    private readonly Dictionary<string, string> environment = new() { ["DOCKER_BUILDKIT"] = "0" };
    private Process? process;

    public string Name => "docker build (classic)";

    public Command Version => new(client, "--version");

    public async Task PrepareAsync(string baseArchive)
    {
        var start = new ProcessStartInfo(daemon) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["-H", socket, "--data-root", $"{folder}/docker", "--exec-root", $"{folder}/docker-run", "--pidfile", $"{folder}/docker.pid",
            "--iptables=false", "--bridge=none", "--storage-driver", "overlay2"])
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var i = 0; i < 100 && !File.Exists($"{folder}/docker.sock"); i++)
        {
            await Task.Delay(100);
        }

        await Task.Delay(1000);
        await Docker("load", "-q", "-i", baseArchive).RunAsync();
    }

    public Command Build(string context, bool noCache) =>
        Docker(["build", "--network", "host", "-t", "bench", .. noCache ? ["--no-cache"] : Array.Empty<string>(), context]);

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await new Command("/bin/kill", process.Id.ToString()).RunAsync();
            await process.WaitForExitAsync();
        }

        process?.Dispose();
    }

    private Command Docker(params string[] arguments) => new(client, ["-H", socket, .. arguments]) { Environment = environment };
}
