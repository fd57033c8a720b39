using Builder.Benchmarks.SideBySide;

namespace Builder.Benchmarks.Engine;

/// <summary>
/// The speed goals of the engine, each beside the peer that its goal names: every round runs both in turn, medians and their ratio
/// are printed with the goal. Needs root.
/// </summary>
internal static class EngineBench
{
    private const int Steps = 20;
    private const int SmallFiles = 10_000;
    private const int ManyFiles = 50_000;
    private const int Stages = 100;

    /// <param name="debian">The tar of a Debian root (mmdebstrap --variant=minbase); null leaves out what needs one.</param>
    /// <param name="only">Part of the name of what to measure; null for all.</param>
    public static async Task<int> RunAsync(string program, string? debian, int rounds, string? only)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("needs root, for chroot and for buildah with runc");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("builder-bench-").FullName;
        try
        {
            var scene = new EngineScene(program, folder);
            await scene.PrepareAsync();
            Console.WriteLine("| what | builder | beside it | ratio | goal |\n|---|---|---|---|---|");
            foreach (var (name, measure) in Measurements(scene, debian, rounds))
            {
                if (only is null || name.Contains(only, StringComparison.OrdinalIgnoreCase))
                {
                    await measure();
                }
            }

            return 0;
        }
        finally
        {
            await new Command("/bin/sh", "-c", $"umount -l {folder}/buildah/overlay 2>/dev/null; rm -rf {folder}").RunAsync();
        }
    }

    private static IEnumerable<(string Name, Func<Task> Measure)> Measurements(EngineScene scene, string? debian, int rounds)
    {
        yield return ("cached", () => CachedAsync(scene, rounds));
        yield return ("small", () => SmallStepsAsync(scene, rounds));
        yield return ("stages", () => StagesAsync(scene, rounds));
        yield return ("copy", () => CopyAsync(scene, rounds));
        yield return ("run", () => CopyAndRunAsync(scene, rounds));
        yield return ("parallel", () => ParallelAsync(scene, rounds));
        if (debian is not null)
        {
            yield return ("debian", () => DebianAsync(scene, debian, rounds));
        }
    }

    private static async Task CachedAsync(EngineScene scene, int rounds)
    {
        var context = scene.Folder("cached");
        await EngineScene.MakeFilesAsync(Path.Combine(context, "src"), SmallFiles, 100);
        var runs = string.Concat(Enumerable.Range(1, Steps - 2).Select(i => $"RUN echo {i} > /file{i}\n"));
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), $"FROM bench-base\nCOPY src /src\n{runs}WORKDIR /src\n");
        await scene.Build(context).RunAsync();

        // What was changed within three seconds of being read is read again; that is not what is asked here.
        await Task.Delay(4000);
        await scene.Build(context).RunAsync();
        var peer = scene.Buildah(context);
        if (peer is not null)
        {
            await peer.RunAsync();
        }

        await MeasureAsync($"{Steps} steps cached, context of {SmallFiles} files", rounds, () => scene.Build(context).RunAsync(), peer is null ? null : peer.RunAsync, "buildah bud --layers", "50 ms, 0.03");
    }

    private static async Task SmallStepsAsync(EngineScene scene, int rounds)
    {
        var context = scene.Folder("small");
        var runs = string.Concat(Enumerable.Range(1, Steps).Select(i => $"RUN echo {i} > /file{i}\n"));
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM bench-base\n" + runs);
        var cold = scene.Build(context, "--no-cache", "-o", $"type=docker,dest={context}/../small.tar");
        var peer = scene.Buildah(context, "--no-cache");
        await MeasureAsync($"{Steps} small RUN steps, cold, docker tar written", rounds, cold.RunAsync, peer is null ? null : peer.RunAsync, "buildah bud --layers", "150 ms");
    }

    private static async Task StagesAsync(EngineScene scene, int rounds)
    {
        var context = scene.Folder("stages");
        await File.WriteAllTextAsync(Path.Combine(context, "seed"), "seed\n");
        var stages = Enumerable.Range(1, Stages - 1).Select(i => $"FROM scratch AS s{i}\nCOPY --from=s{i - 1} /seed /seed\n");
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM scratch AS s0\nCOPY seed /seed\n" + string.Concat(stages));
        await MeasureAsync($"{Stages} stages joined by COPY --from, cold", rounds, scene.Build(context, "--no-cache").RunAsync, null, "", "500 ms");
    }

    private static async Task CopyAsync(EngineScene scene, int rounds)
    {
        var context = scene.Folder("copy");
        await EngineScene.MakeFilesAsync(Path.Combine(context, "src"), ManyFiles, 500);
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM scratch\nCOPY src /src\n");
        await MeasureAsync(
            $"COPY of {ManyFiles} files, no RUN", rounds, () => scene.InEmptyStoreAsync(context), new Command("/bin/sh", "-c", $"tar -C {context} -cf - src | sha256sum").RunAsync, "tar \\| sha256sum", "2");
    }

    private static async Task CopyAndRunAsync(EngineScene scene, int rounds)
    {
        var context = scene.Folder("run");
        await EngineScene.MakeFilesAsync(Path.Combine(context, "src"), ManyFiles, 500);
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), "FROM bench-base\nCOPY src /src\nRUN true\n");
        var copy = Path.Combine(context, "..", "run-copy");
        await MeasureAsync(
            $"COPY of {ManyFiles} files and a RUN", rounds, () => scene.WithBaseInNewStoreAsync(context),
            async () =>
            {
                var time = await new Command("/bin/cp", "-a", Path.Combine(context, "src"), copy).RunAsync();
                await new Command("/bin/rm", "-rf", copy).RunAsync();
                return time;
            },
            "cp -a", "1.3");
    }

    private static async Task ParallelAsync(EngineScene scene, int rounds)
    {
        const string Work = "i=0; while [ $i -lt 3000000 ]; do i=$((i+1)); done";
        var (one, two) = (scene.Folder("one"), scene.Folder("two"));
        await File.WriteAllTextAsync(Path.Combine(one, "Dockerfile"), $"FROM bench-base\nRUN {Work}; echo a > /a\n");
        await File.WriteAllTextAsync(Path.Combine(two, "Dockerfile"), $"FROM bench-base AS a\nRUN {Work}; echo a > /a\nFROM bench-base\nRUN {Work}; echo b > /b\nCOPY --from=a /a /\n");
        await MeasureAsync("two stages of t on one core each", rounds, scene.Build(two, "--no-cache", "--jobs", "2").RunAsync, scene.Build(one, "--no-cache").RunAsync, "one stage", "about 1");
    }

    private static async Task DebianAsync(EngineScene scene, string debian, int rounds)
    {
        const string Work = "cp -a /usr /usr1 && cp -a /usr /usr2 && cp -a /usr /usr3 && cp -a /usr /usr4 && head -c 300000000 /dev/urandom > /random";
        var (context, root) = (scene.Folder("debian"), scene.Folder("root"));
        await scene.Program("import", debian, "bench-debian").RunAsync();
        await File.WriteAllTextAsync(Path.Combine(context, "Dockerfile"), $"FROM bench-debian\nRUN true\nRUN {Work}\n");
        await new Command("/bin/tar", "-xf", debian, "-C", root).RunAsync();
        await File.WriteAllTextAsync(Path.Combine(context, "first"), "");
        await scene.Build(context).RunAsync();
        await MeasureAsync(
            "a Debian base: cp -a /usr four times, 300 MB of random data", rounds, () => scene.BuildAndForgetAsync(context, Work),
            async () =>
            {
                var time = await new Command("/usr/sbin/chroot", root, "/bin/sh", "-c", Work).RunAsync();
                await new Command("/bin/sh", "-c", $"rm -rf {root}/usr1 {root}/usr2 {root}/usr3 {root}/usr4 {root}/random").RunAsync();
                return time;
            },
            "chroot", "1.15");
    }

    private static async Task MeasureAsync(string what, int rounds, Func<Task<TimeSpan>> ours, Func<Task<TimeSpan>>? theirs, string peer, string goal)
    {
        var (mine, others) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var (one, two) = (await ours(), theirs is null ? (TimeSpan?)null : await theirs());

            // The first round warms up.
            if (round >= 0)
            {
                mine.Add(one.TotalMilliseconds);
                others.AddRange(two is { } time ? [time.TotalMilliseconds] : []);
            }
        }

        var beside = others.Count == 0 ? "" : $"{peer}: {Median(others):0} ms";
        Console.WriteLine($"| {what} | {Median(mine):0} ms | {beside} | {(others.Count == 0 ? "" : $"{Median(mine) / Median(others):0.000}")} | {goal} |");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
