namespace Builder.Benchmarks.SideBySide;

/// <summary>
/// Twenty small RUN steps, cold and fully cached, and the start of each program: every round runs all peers in turn, so that
/// a machine that becomes slower is slower for all. Prints the Markdown table of spec/benchmarks.md.
/// </summary>
internal static class Comparison
{
    private const int Steps = 20;
    private const int Starts = 30;

    public static async Task<int> RunAsync(string program, int rounds)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("needs root, for dockerd and for buildah with runc");
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("builder-bench-").FullName;
        var peers = Peers(program, folder);
        try
        {
            var archive = await MakeBaseAsync(program, folder);
            var context = MakeContext(folder);
            foreach (var peer in peers)
            {
                await peer.PrepareAsync(archive);
                await peer.Build(context, noCache: true).RunAsync();
            }

            Console.WriteLine("| | " + string.Join(" | ", peers.Select(peer => peer.Name)) + " |");
            Console.WriteLine("|---" + string.Concat(peers.Select(_ => "|---")) + "|");
            await MeasureAsync($"{Steps} RUN steps, cold", peers, rounds, peer => peer.Build(context, noCache: true));
            await MeasureAsync($"{Steps} RUN steps, cached", peers, rounds, peer => peer.Build(context, noCache: false));
            await MeasureAsync("start-up (version)", peers, Starts, peer => peer.Version);
            return 0;
        }
        finally
        {
            foreach (var peer in peers)
            {
                await peer.DisposeAsync();
            }

            await new Command("/bin/sh", "-c", $"umount -l {folder}/docker-run/netns/* {folder}/buildah/overlay {folder}/docker/overlay2 2>/dev/null; rm -rf {folder}").RunAsync();
        }
    }

    private static async Task MeasureAsync(string what, IReadOnlyList<IPeer> peers, int rounds, Func<IPeer, Command> command)
    {
        var times = peers.ToDictionary(peer => peer, _ => new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            foreach (var peer in peers)
            {
                var time = await command(peer).RunAsync();

                // The first round warms up.
                if (round >= 0)
                {
                    times[peer].Add(time.TotalMilliseconds);
                }
            }
        }

        var medians = peers.Select(peer => Median(times[peer])).ToArray();
        Console.WriteLine($"| {what} | " + string.Join(" | ", medians.Select(median => $"{median:0.0} ms ({median / medians[0]:0.0}×)")) + " |");
    }

    private static List<IPeer> Peers(string program, string folder)
    {
        var peers = new List<IPeer> { new BuilderPeer(program, folder) };
        if (Command.Find("buildah") is { } buildah && Command.Find("runc") is not null)
        {
            peers.Add(new BuildahPeer(buildah, folder));
        }

        if (Command.Find("dockerd") is { } dockerd && Command.Find("docker") is { } docker)
        {
            peers.Add(new DockerPeer(docker, dockerd, folder));
        }

        return peers;
    }

    /// <summary>One static busybox: nothing of what is measured should be the base's.</summary>
    private static async Task<string> MakeBaseAsync(string program, string folder)
    {
        var context = Directory.CreateDirectory(Path.Combine(folder, "base")).FullName;
        File.Copy(Command.Find("busybox")!, Path.Combine(context, "busybox"));
        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n");
        var archive = Path.Combine(folder, "base.tar");
        await new Command(program, "build", "-t", "bench-base", "-o", $"type=docker,dest={archive}", context)
        {
            Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = Path.Combine(folder, "base-store") },
        }.RunAsync();
        return archive;
    }

    private static string MakeContext(string folder)
    {
        var context = Directory.CreateDirectory(Path.Combine(folder, "context")).FullName;
        var steps = Enumerable.Range(1, Steps).Select(i => $"RUN echo {i} > /file{i}\n");
        File.WriteAllText(Path.Combine(context, "Dockerfile"), "FROM bench-base\n" + string.Concat(steps));
        return context;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
