using System.Diagnostics;
using Builder.Archives.Compression;
using Builder.Benchmarks.SideBySide;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Benchmarks.Layers;

/// <summary>
/// Layers written, compressed and unpacked, each beside the tool that people know: every round runs all in turn, so that what
/// counts is the ratio. Ours runs in this process, with the runtime's compiler warm. Prints a Markdown table.
/// </summary>
internal sealed class LayerBench(string folder, string? debianTar, int rounds) : IDisposable
{
    private readonly BuilderStore store = BuilderStore.Open(new StoreOptions { Root = Path.Combine(folder, "store"), Fsync = FsyncPolicy.Never });
    private long epoch = 4_000_000_000;

    /// <param name="onlyCompression">Leaves out what is not about compression.</param>
    public static async Task<int> RunAsync(string? debianTar, int rounds, bool onlyCompression)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine("needs root, for overlay mounts and owners");
            return 1;
        }

        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "builder-layer-bench")).FullName;
        try
        {
            using var bench = new LayerBench(folder, debianTar, rounds);
            await bench.MeasureAllAsync(onlyCompression);
            return 0;
        }
        finally
        {
            await Sh($"rm -rf {folder}").RunAsync();
        }
    }

    public void Dispose() => store.Dispose();

    private async Task MeasureAllAsync(bool onlyCompression)
    {
        Console.WriteLine("| what | builder | beside it | ratio |");
        Console.WriteLine("|---|---|---|---|");
        if (onlyCompression)
        {
            await CompressAsync();
            return;
        }

        await SmallFilesAsync();
        await LargeFileAsync();
        await FewOfManyAsync();
        if (debianTar is not null)
        {
            await CompressAsync();
            await UnpackAsync();
        }
    }

    private async Task SmallFilesAsync()
    {
        const string Make = "for d in $(seq 100); do mkdir d$d; (cd d$d; head -c 2000000 /dev/urandom | split -b 4000 -a 3 -d); done";
        var step = Step(null, Make);
        await CompareAsync("50,000 files, 200 MB: layer and its digest", () => Describe(step), ("tar \\| sha256sum", Sh($"tar -C {step.Path} -cf - . | sha256sum")));
    }

    private async Task LargeFileAsync()
    {
        var step = Step(null, "head -c 2147483648 /dev/urandom > big");
        await CompareAsync("a file of 2 GiB: layer and its digest", () => Describe(step), ("tar \\| sha256sum", Sh($"tar -C {step.Path} -cf - . | sha256sum")), ("openssl sha256", Sh($"openssl dgst -sha256 {step.Path}/big")));
        await Sh($"rm {step.Path}/big").RunAsync();
        var sparse = Step(null, "truncate -s 10G sparse; echo x >> sparse");
        await CompareAsync("a sparse file of 10 GiB: layer and its digest", () => Describe(sparse), ("tar \\| sha256sum", Sh($"tar -C {sparse.Path} -cf - . | sha256sum")));
    }

    private async Task FewOfManyAsync()
    {
        const string Touch = "for i in 1 2 3 4 5 6 7 8 9 10; do echo new > d1/x00$i 2> /dev/null || echo new > d1/y$i; done";
        var many = Step(null, "for d in $(seq 100); do mkdir d$d; (cd d$d; seq -f x%g 1000 | xargs touch); done");
        var few = Step(null, "mkdir d1; (cd d1; seq -f x%g 1000 | xargs touch)");
        var overMany = Step(many, Touch);
        var overFew = Step(few, Touch);
        var clockMany = new List<double>();
        var clockFew = new List<double>();
        for (var round = -1; round < 5 * rounds; round++)
        {
            Note(clockMany, round, Time(() => Describe(overMany)));
            Note(clockFew, round, Time(() => Describe(overFew)));
        }

        Print("10 files touched over 100,000: layer and its digest", Median(clockMany), ("the same over 1,000", Median(clockFew)));
    }

    private async Task CompressAsync()
    {
        var tar = await File.ReadAllBytesAsync(debianTar!);
        var diffId = new DiffId(Digest.Of(tar));
        long size = 0;
        async Task Encode(LayerCompression compression)
        {
            await using var output = File.Create(Path.Combine(folder, "blob"));
            await LayerEncoder.EncodeAsync(stream => stream.Write(tar), compression, output, null, CancellationToken.None, proved: diffId);
            size = output.Length;
        }

        foreach (var level in (int[])[6, 5])
        {
            var gzip = new LayerCompression(LayerFormat.Gzip, level);
            await CompareAsync($"gzip level {level}", () => Encode(gzip).GetAwaiter().GetResult(), ("pigz -6 -p2", Sh($"pigz -6 -p2 -c {debianTar} > {folder}/pigz")));
            Console.WriteLine($"| size, level {level} | {size} | {new FileInfo(Path.Combine(folder, "pigz")).Length} | {(double)size / new FileInfo(Path.Combine(folder, "pigz")).Length:0.000} |");
        }

        var zstd = new LayerCompression(LayerFormat.Zstd);
        await CompareAsync("zstd level 3", () => Encode(zstd).GetAwaiter().GetResult(), ("zstd -3 -T2", Sh($"zstd -q -3 -T2 -f {debianTar} -o {folder}/zstd")));
        Console.WriteLine($"| size, zstd | {size} | {new FileInfo(Path.Combine(folder, "zstd")).Length} | {(double)size / new FileInfo(Path.Combine(folder, "zstd")).Length:0.000} |");
        var estargz = new LayerCompression(LayerFormat.Estargz);
        await CompareAsync("estargz", () => Encode(estargz).GetAwaiter().GetResult(), ("pigz -6 -p2", Sh($"pigz -6 -p2 -c {debianTar} > {folder}/pigz")));
    }

    private async Task UnpackAsync()
    {
        var plain = await File.ReadAllBytesAsync(debianTar!);
        var diffId = new DiffId(Digest.Of(plain));
        await Sh($"gzip -6 -c {debianTar} > {folder}/base.tar.gz").RunAsync();
        var packed = await File.ReadAllBytesAsync(Path.Combine(folder, "base.tar.gz"));
        var blob = new Descriptor(MediaTypes.OciLayerGzip, Digest.Of(packed), packed.Length);
        await MakeLayoutAsync(plain.Length, diffId, blob);
        var unpacked = 0;
        void Unpack()
        {
            using var fresh = BuilderStore.Open(new StoreOptions { Root = Path.Combine(folder, $"unpack{++unpacked}"), Fsync = FsyncPolicy.Never });
            fresh.Layers.EnsureSnapshotsAsync([(blob, diffId)], (_, _) => Task.FromResult<Stream>(File.OpenRead(Path.Combine(folder, "base.tar.gz"))), null, CancellationToken.None).GetAwaiter().GetResult();
        }

        var peers = new List<(string, Command)> { ("tar -xzf", Sh($"rm -rf {folder}/x; mkdir {folder}/x; tar -C {folder}/x -xzf {folder}/base.tar.gz")) };
        if (Command.Find("umoci") is { } umoci)
        {
            peers.Add(("umoci", Sh($"rm -rf {folder}/u; {umoci} raw unpack --image {folder}/layout:base {folder}/u")));
        }

        if (Command.Find("buildah") is { } buildah)
        {
            var storage = $"--root {folder}/bu --runroot {folder}/bur --storage-driver overlay";
            peers.Add(("buildah pull", Sh($"{buildah} {storage} rmi -af > /dev/null 2>&1; {buildah} {storage} pull -q oci:{folder}/layout:base")));
        }

        await CompareAsync($"a Debian base of {plain.Length >> 20} MiB unpacked", Unpack, [.. peers]);
    }

    /// <summary>An OCI layout with the one layer, for umoci and buildah.</summary>
    private async Task MakeLayoutAsync(int plainLength, DiffId diffId, Descriptor blob)
    {
        _ = plainLength;
        using var layout = BuilderStore.Open(new StoreOptions { Root = Path.Combine(folder, "layout"), Fsync = FsyncPolicy.Never });
        await layout.Content.IngestAsync(File.OpenRead(Path.Combine(folder, "base.tar.gz")), blob.Digest, blob.Size, CancellationToken.None);
        var config = layout.Content.Put(OciJson.Write(new ImageConfig { Architecture = Platform.Host.Architecture, Os = "linux", RootFs = new RootFs { DiffIds = [diffId] } }), MediaTypes.OciConfig);
        var manifest = layout.Content.Put(OciJson.Write(new ImageManifest { MediaType = MediaTypes.OciManifest, Config = config, Layers = [blob] }), MediaTypes.OciManifest);
        await File.WriteAllBytesAsync(Path.Combine(folder, "layout", "index.json"), OciJson.Write(new ImageIndex { Manifests = [manifest.Annotate(AnnotationKeys.RefName, "base")] }));
    }

    private async Task CompareAsync(string what, Action ours, params (string Name, Command Command)[] peers)
    {
        var mine = new List<double>();
        var theirs = peers.Select(_ => new List<double>()).ToArray();
        for (var round = -1; round < rounds; round++)
        {
            Note(mine, round, Time(ours));
            for (var i = 0; i < peers.Length; i++)
            {
                Note(theirs[i], round, (await peers[i].Command.RunAsync()).TotalMilliseconds);
            }
        }

        Print(what, Median(mine), [.. peers.Select((peer, i) => (peer.Name, Median(theirs[i])))]);
    }

    /// <summary>Another epoch each time: nothing is taken from what was computed before.</summary>
    private void Describe(Snapshot step) => store.Layers.Describe(step, new LayerOptions { SourceDateEpoch = epoch++ });

    private Snapshot Step(Snapshot? parent, string script)
    {
        var draft = store.Snapshots.Begin(parent);
        using (var mount = draft.Mount())
        {
            Sh($"cd /proc/{Environment.ProcessId}/fd/{mount.Descriptor} && {script}").RunAsync().GetAwaiter().GetResult();
        }

        return draft.Commit(DateTimeOffset.UnixEpoch);
    }

    private static Command Sh(string script) => new("/bin/bash", "-c", script);

    private static double Time(Action action)
    {
        var clock = Stopwatch.StartNew();
        action();
        return clock.Elapsed.TotalMilliseconds;
    }

    /// <summary>The first round warms up.</summary>
    private static void Note(List<double> times, int round, double time)
    {
        if (round >= 0)
        {
            times.Add(time);
        }
    }

    private static void Print(string what, double ours, params (string Name, double Time)[] peers)
    {
        foreach (var (name, time) in peers)
        {
            Console.WriteLine($"| {what} | {ours:0.0} ms | {name}: {time:0.0} ms | {ours / time:0.00} |");
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
