using BenchmarkDotNet.Running;
using Builder.Benchmarks.SideBySide;

// "side-by-side NATIVE-PROGRAM [ROUNDS]" runs Builder against its peers; anything else goes to BenchmarkDotNet.
if (args is ["side-by-side", var program, .. var rest])
{
    return await Comparison.RunAsync(Path.GetFullPath(program), rest is [var rounds, ..] ? int.Parse(rounds) : 5);
}

BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run(args);
return 0;
