using BenchmarkDotNet.Running;
using Builder.Benchmarks.SideBySide;

// "side-by-side NATIVE-PROGRAM [ROUNDS]" runs Builder against its peers, "layers [DEBIAN-TAR [ROUNDS [compression]]]" what it does with
// layers beside tar, pigz and their like; anything else goes to BenchmarkDotNet.
if (args is ["side-by-side", var program, .. var rest])
{
    return await Comparison.RunAsync(Path.GetFullPath(program), rest is [var rounds, ..] ? int.Parse(rounds) : 5);
}

if (args is ["layers", .. var what])
{
    return await Builder.Benchmarks.Layers.LayerBench.RunAsync(what is [var tar, ..] ? Path.GetFullPath(tar) : null, what is [_, var count, ..] ? int.Parse(count) : 5, what is [_, _, "compression"]);
}

// "registry NATIVE-PROGRAM [ROUNDS [MEGABYTES [TAR]]]" pulls and pushes against skopeo and buildah, layers of half noise or of the archive.
if (args is ["registry", var native, .. var numbers])
{
    return await RegistryComparison.RunAsync(
        Path.GetFullPath(native), numbers is [var times, ..] ? int.Parse(times) : 3, numbers is [_, var megabytes, ..] ? int.Parse(megabytes) : 1024, numbers is [_, _, var content] ? content : null);
}

// "engine NATIVE-PROGRAM [ROUNDS [DEBIAN-TAR [PART]]]" measures the engine's speed goals, each beside its peer.
if (args is ["engine", var built, .. var options])
{
    return await Builder.Benchmarks.Engine.EngineBench.RunAsync(
        Path.GetFullPath(built), options is [_, var root, ..] && root != "-" ? Path.GetFullPath(root) : null, options is [var turns, ..] ? int.Parse(turns) : 5, options is [_, _, var part, ..] ? part : null);
}

// "launch [ROUNDS]" starts containers, turn about with runc; "launch-soak [LAUNCHES]" starts very many while the collector is busy.
if (args is ["launch", .. var launches])
{
    return await Builder.Benchmarks.Launch.LaunchBench.RunAsync(launches is [var often, ..] ? int.Parse(often) : 200);
}

if (args is ["launch-soak", .. var soak])
{
    return await Builder.Benchmarks.Launch.LaunchSoak.RunAsync(soak is [var many, ..] ? int.Parse(many) : 20_000);
}

BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
return 0;
