using System.Diagnostics;
using System.Text.Json.Nodes;
using Builder.Containers;
using Builder.Linux.Isolation;

namespace Builder.Benchmarks.Launch;

/// <summary>How long it takes to start the full sandbox around a static <c>true</c> and see its end, turn about with <c>runc run</c> on the same files.</summary>
internal static class LaunchBench
{
    public static async Task<int> RunAsync(int rounds)
    {
        if (UserNamespaceEntry.IsNeeded)
        {
            return UserNamespaceEntry.Reexec();
        }

        using var scene = new LaunchScene();
        var bundle = BundleOf(scene);
        var (plain, grouped, runc) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -3; round < rounds; round++)
        {
            var times = (
                Plain: await LaunchAsync(scene, withControlGroup: false),
                Grouped: scene.HasControlGroups ? await LaunchAsync(scene, withControlGroup: true) : 0,
                Runc: bundle is null ? 0 : Runc(bundle, round));
            if (round >= 0)
            {
                plain.Add(times.Plain);
                grouped.Add(times.Grouped);
                runc.Add(times.Runc);
            }
        }

        Console.WriteLine($"{(UserNamespace.Current.IsInitial ? "root" : "rootless")}, {(RuntimeFeature() ? "JIT" : "native")}, {rounds} rounds, milliseconds: median (least)");
        Show("sandbox", plain);
        if (scene.HasControlGroups)
        {
            Show("sandbox with control group", grouped);
        }

        var ours = await ProcessorTimeAsync(rounds, () => LaunchAsync(scene, withControlGroup: false));
        Console.WriteLine($"{"processor time of a sandbox",-28} {ours,8:0.00}");
        if (bundle is not null)
        {
            var theirs = await ProcessorTimeAsync(Math.Min(rounds, 50), () => Task.FromResult(Runc(bundle, Random.Shared.Next())));
            Console.WriteLine($"{"processor time of runc run",-28} {theirs,8:0.00}");
            Show("runc run", runc);
            Console.WriteLine($"runc : sandbox = {Median(runc) / Median(plain):0.0}");
        }

        return 0;
    }

    /// <summary>Milliseconds of processors for one turn, this process's and its children's: the same on a machine that has other things to do.</summary>
    private static async Task<double> ProcessorTimeAsync(int turns, Func<Task<double>> turn)
    {
        var before = ProcessorTicks();
        for (var i = 0; i < turns; i++)
        {
            await turn();
        }

        const double MillisecondsPerTick = 10;
        return (ProcessorTicks() - before) * MillisecondsPerTick / turns;
    }

    /// <summary>proc_pid_stat(5), fields 14 to 17: user and system time, its own and its children's.</summary>
    private static long ProcessorTicks()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(long.Parse);
    }

    private static bool RuntimeFeature() => System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeCompiled;

    private static async Task<double> LaunchAsync(LaunchScene scene, bool withControlGroup)
    {
        var spec = scene.Sandbox(withControlGroup);
        var start = Stopwatch.GetTimestamp();
        var exit = await ContainerProcess.RunAsync(spec, (_, _) => { }, CancellationToken.None);
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return exit.Succeeded ? time : throw new InvalidOperationException($"exit code {exit.ExitCode}");
    }

    /// <summary>runc's own default bundle, for the same program in the same files; null without runc.</summary>
    private static string? BundleOf(LaunchScene scene)
    {
        if (!File.Exists("/usr/sbin/runc") && !File.Exists("/usr/bin/runc"))
        {
            return null;
        }

        var arguments = UserNamespace.Current.IsInitial ? "spec" : "spec --rootless";
        Start("runc", $"{arguments} --bundle {scene.Folder}");
        var path = Path.Combine(scene.Folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["process"]!["args"] = new JsonArray("/bin/true");
        config["process"]!["terminal"] = false;
        File.WriteAllText(path, config.ToJsonString());
        try
        {
            Runc(scene.Folder, -1);
            return scene.Folder;
        }
        catch (InvalidOperationException failed)
        {
            Console.WriteLine($"without runc, which fails here: {failed.Message}");
            return null;
        }
    }

    private static double Runc(string bundle, int round)
    {
        var start = Stopwatch.GetTimestamp();
        Start("runc", $"--root {bundle}/runc run --bundle {bundle} bench-{Environment.ProcessId}-{round + 10}");
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Start(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(complaint.Trim());
        }
    }

    private static void Show(string name, List<double> times) => Console.WriteLine($"{name,-28} {Median(times),8:0.00} ({times.Min():0.00})");

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
