using System.Diagnostics;
using System.Security.Cryptography;

namespace Builder.Benchmarks.SideBySide;

/// <summary>
/// Images to and from Debian's docker-registry on loopback: the pull of an image of eight layers against skopeo, its push
/// including compression against buildah, and a push whose base is in another repository. Every round runs all peers in turn.
/// </summary>
internal static class RegistryComparison
{
    private const int Layers = 8;
    private const string Image = "registry.example/big:1";

    /// <param name="megabytes">Of the whole image; 1024 for the figures of spec/benchmarks.md.</param>
    /// <param name="content">What the layers are filled with; half noise and half text when null.</param>
    public static async Task<int> RunAsync(string program, int rounds, int megabytes, string? content)
    {
        if (Command.Find("docker-registry") is not { } registry || Command.Find("skopeo") is not { } skopeo || Command.Find("buildah") is not { } buildah || Command.Find("time") is null)
        {
            Console.Error.WriteLine("needs docker-registry, skopeo, buildah and time");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("builder-bench-").FullName;
        try
        {
            var context = await MakeContextAsync(folder, megabytes, content);
            var builder = new Runner(program, folder);
            string[] storage = ["--root", Path.Combine(folder, "buildah"), "--runroot", Path.Combine(folder, "buildah-run"), "--storage-driver", "vfs"];
            await builder.RunAsync("main", "build", "-q", "-t", Image, context);
            await builder.RunAsync("main", "save", "-o", Path.Combine(folder, "big.tar"), Image);
            await new Command(buildah, [.. storage, "pull", "-q", $"docker-archive:{folder}/big.tar"]).RunAsync();

            var push = new List<(double Ours, double Theirs)>();
            var pull = new List<(double Ours, double Theirs)>();
            for (var round = 0; round < rounds; round++)
            {
                // A registry of its own for each push: both remember what a registry has, and would send nothing the next time.
                builder.Forget("main");
                await using var first = await LocalRegistry.StartAsync(registry, Path.Combine(folder, $"first{round}"));
                await using var second = await LocalRegistry.StartAsync(registry, Path.Combine(folder, $"second{round}"));
                var ours = await builder.RunAsync("main", "push", "-q", Image, $"{first.Host}/big:1");
                var theirs = await new Command(buildah, [.. storage, "push", "-q", "--tls-verify=false", Image, $"docker://{second.Host}/big:1"]).RunAsync();
                push.Add((ours.TotalSeconds, theirs.TotalSeconds));

                var pulled = await builder.RunAsync($"empty{round}", "copy", "-q", $"docker://{first.Host}/big:1", "big:1");
                var copied = await new Command(skopeo, "copy", "-q", "--src-tls-verify=false", $"docker://{first.Host}/big:1", $"oci:{folder}/layout{round}:1").RunAsync();
                pull.Add((pulled.TotalSeconds, copied.TotalSeconds));
                Directory.Delete(Path.Combine(folder, $"empty{round}"), recursive: true);
                Directory.Delete(Path.Combine(folder, $"layout{round}"), recursive: true);
            }

            Console.WriteLine($"| {megabytes} MiB in {Layers} layers | builder | peer | ratio |\n|---|---|---|---|");
            Print("pull into an empty store, skopeo copy to a layout", pull);
            Print("push including compression, buildah push", push);
            await using var last = await LocalRegistry.StartAsync(registry, Path.Combine(folder, "last"));
            await PrintMemoryAsync(builder, last.Host);
            await PrintMountAsync(builder, folder, last.Host);
            return 0;
        }
        finally
        {
            await new Command("/bin/rm", "-rf", folder).RunAsync();
        }
    }

    private static void Print(string what, List<(double Ours, double Theirs)> times)
    {
        var (ours, theirs) = (Median(times.Select(t => t.Ours)), Median(times.Select(t => t.Theirs)));
        Console.WriteLine($"| {what} | {ours:0.00} s | {theirs:0.00} s | {ours / theirs:0.00} |");
    }

    /// <summary>A small layer on a base that the registry has elsewhere.</summary>
    private static async Task PrintMountAsync(Runner builder, string folder, string host)
    {
        var context = Directory.CreateDirectory(Path.Combine(folder, "on-top")).FullName;
        File.WriteAllText(Path.Combine(context, "Dockerfile"), $"FROM {host}/ours:1\nCOPY Dockerfile /more\n");
        await builder.RunAsync("fresh", "build", "--push", "-t", $"{host}/on/top:1", context);
        Console.WriteLine($"| push onto a base in another repository | {builder.LastLine("sent")} | | |");
    }

    private static async Task PrintMemoryAsync(Runner builder, string host)
    {
        builder.Forget("main");
        Console.WriteLine($"| peak memory of the push | {await builder.PeakAsync("main", "push", "-q", Image, $"{host}/ours:1")} MiB | | |");
        Console.WriteLine($"| peak memory of the pull | {await builder.PeakAsync("peak", "copy", "-q", $"docker://{host}/ours:1", "pulled:1")} MiB | | |");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>A file for each layer: the given content over and over, or blocks of text and noise in turn.</summary>
    private static async Task<string> MakeContextAsync(string folder, int megabytes, string? content)
    {
        var context = Directory.CreateDirectory(Path.Combine(folder, "context")).FullName;
        var text = new byte[1 << 16];
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (byte)('a' + (i * 7 % 23));
        }

        var filling = content is null ? null : await File.ReadAllBytesAsync(content);
        for (var layer = 0; layer < Layers; layer++)
        {
            await using var file = File.Create(Path.Combine(context, $"layer{layer}"));
            while (file.Length < megabytes * 1048576L / Layers)
            {
                await file.WriteAsync(filling ?? text);

                // No two layers are alike.
                await file.WriteAsync(RandomNumberGenerator.GetBytes(text.Length));
            }
        }

        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM scratch\n" + string.Concat(Enumerable.Range(0, Layers).Select(i => $"COPY layer{i} /layer{i}\n")));
        return context;
    }

    /// <summary>The program under test, with stores by name.</summary>
    private sealed class Runner(string program, string folder)
    {
        private string said = "";

        public Task<TimeSpan> RunAsync(string store, params string[] arguments) => TimedAsync(store, [program, .. arguments]);

        /// <summary>The first line that the last run wrote to standard error beginning with a word.</summary>
        public string LastLine(string word) => said.Split('\n').FirstOrDefault(line => line.StartsWith(word, StringComparison.Ordinal)) ?? "";

        public void Forget(string store)
        {
            foreach (var record in Directory.EnumerateFiles(Path.Combine(folder, store, "transfers")))
            {
                File.Delete(record);
            }
        }

        public async Task<long> PeakAsync(string store, params string[] arguments)
        {
            await TimedAsync(store, [Command.Find("time")!, "-f", "peak %M", program, .. arguments]);
            return long.Parse(LastLine("peak").Split(' ')[1]) / 1024;
        }

        private async Task<TimeSpan> TimedAsync(string store, string[] line)
        {
            var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
            start.Environment["BUILDER_ROOT"] = Path.Combine(folder, store);
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            said = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? clock.Elapsed : throw new InvalidOperationException($"{string.Join(' ', line)} exited with {process.ExitCode}\n{said}");
        }
    }
}
