using Builder.Linux.ControlGroups;

namespace Builder.Containers.Tests;

/// <summary>Many launches while the collector is busy: a short form of <c>Builder.Benchmarks launch-soak</c>.</summary>
[Collection(nameof(LeftoverTests))]
public sealed class LaunchSoakTests : ContainerTest
{
    private const int Launches = 200;
    private const int Workers = 4;

    [Fact]
    public async Task Nothing_hangs_and_nothing_is_left_when_many_are_launched_under_pressure_of_the_collector()
    {
        var request = TryControlGroup();
        await OutputOfAsync("true");
        var before = Left();
        using var enough = new CancellationTokenSource();
        var pressure = Task.Factory.StartNew(() => Press(enough.Token), TaskCreationOptions.LongRunning);

        var exits = await Task.WhenAll(Enumerable.Range(0, Workers).Select(async worker =>
        {
            var spec = Root.Spec("/bin/true") with
            {
                Root = new OverlayRoot([Root.Lower], Root.Make($"u{worker}"), Root.Make($"w{worker}"), Volatile: false),
                Network = NetworkMode.None,
                HasInit = worker == 1,
                ControlGroup = worker == 0 ? request : ControlGroupRequest.None,
            };
            var codes = new List<int>();
            for (var i = 0; i < Launches / Workers; i++)
            {
                codes.Add((await ContainerProcess.RunAsync(spec, (_, _) => { }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1))).ExitCode);
            }

            return codes;
        }));
        await enough.CancelAsync();
        await pressure;

        Assert.All(exits.SelectMany(codes => codes), code => Assert.Equal(0, code));
        var after = Left();
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 4);
        Assert.Equal((before.Mounts, before.Groups, before.Children), (after.Mounts, after.Groups, after.Children));
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

    private static ControlGroupRequest TryControlGroup()
    {
        var request = new ControlGroupRequest { Limits = new ControlGroupLimits { Processes = 100 } };
        try
        {
            ControlGroup.Create(request).Dispose();
            return request;
        }
        catch (Diagnostics.BuilderException)
        {
            return ControlGroupRequest.None;
        }
    }

    private (int Descriptors, int Mounts, int Groups, int Children) Left()
    {
        var tree = ControlGroupTree.OfThisMachine;
        return (
            Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            File.ReadLines("/proc/self/mounts").Count(line => line.Contains(Root.Upper[..^"upper".Length], StringComparison.Ordinal)),
            tree.Controllers.Values.Select(place => place.Directory).Append(tree.Unified).OfType<string>().Distinct()
                .Sum(directory => Directory.EnumerateDirectories(directory, $"builder-*-{Environment.ProcessId}-*").Count()),
            Directory.EnumerateDirectories("/proc/self/task").Sum(thread => ChildrenOf(thread + "/children")));
    }

    private static int ChildrenOf(string path)
    {
        try
        {
            return File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (IOException)
        {
            // The thread has ended, or the kernel does not tell.
            return 0;
        }
    }
}
