using System.Diagnostics;
using Builder.Containers;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;

namespace Builder.Benchmarks.Launch;

/// <summary>Many launches, four at a time, while the collector is kept busy: no hang, and nothing is left that was not there before.</summary>
internal static class LaunchSoak
{
    private const int Workers = 4;

    public static async Task<int> RunAsync(int launches)
    {
        if (UserNamespaceEntry.IsNeeded)
        {
            return UserNamespaceEntry.Reexec();
        }

        using var scene = new LaunchScene();
        await ContainerProcess.RunAsync(scene.Sandbox(scene.HasControlGroups), (_, _) => { }, CancellationToken.None);
        var before = Count(scene);
        using var enough = new CancellationTokenSource();
        var pressure = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(() => Press(enough.Token), TaskCreationOptions.LongRunning)).ToArray();

        var start = Stopwatch.GetTimestamp();
        var failures = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            var spec = scene.SandboxOf(worker, scene.HasControlGroups && worker == 0);
            for (var i = 0; i < launches / Workers; i++)
            {
                var exit = await ContainerProcess.RunAsync(spec, (_, _) => { }, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
                if (!exit.Succeeded)
                {
                    Interlocked.Increment(ref failures);
                }
            }
        }));
        var time = Stopwatch.GetElapsedTime(start);
        await enough.CancelAsync();
        await Task.WhenAll(pressure);

        var after = Count(scene);
        Console.WriteLine($"{launches} launches in {time.TotalSeconds:0} s, {time.TotalMilliseconds / launches:0.00} ms each; {failures} failed; {GC.CollectionCount(0)} collections");
        Console.WriteLine($"before {before}");
        Console.WriteLine($"after  {after}");
        return failures == 0 && after.Descriptors <= before.Descriptors + 4 && after.Mounts == before.Mounts && after.ControlGroups == before.ControlGroups && after.Children == before.Children ? 0 : 1;
    }

    private static void Press(CancellationToken enough)
    {
        var kept = new List<byte[]>();
        while (!enough.IsCancellationRequested)
        {
            kept.Add(new byte[30_000]);
            if (kept.Count == 300)
            {
                kept.Clear();
                GC.Collect(1, GCCollectionMode.Forced, blocking: true);
            }
        }
    }

    private static Leftovers Count(LaunchScene scene)
    {
        var tree = ControlGroupTree.OfThisMachine;
        var groups = tree.Controllers.Values.Select(place => place.Directory).Append(tree.Unified).OfType<string>().Distinct()
            .Sum(directory => Directory.EnumerateDirectories(directory, $"builder-*-{Environment.ProcessId}-*").Count());
        return new Leftovers(
            Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            File.ReadLines("/proc/self/mounts").Count(line => line.Contains(scene.Folder, StringComparison.Ordinal)),
            groups,
            File.ReadAllText($"/proc/self/task/{Environment.ProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private sealed record Leftovers(int Descriptors, int Mounts, int ControlGroups, int Children);
}
