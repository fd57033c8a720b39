using BenchmarkDotNet.Attributes;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;

namespace Builder.Benchmarks.InProcess;

/// <summary>Reading Dockerfiles: an ordinary one, and many instructions.</summary>
[MemoryDiagnoser]
public class ParsingBenchmarks
{
    private const string Ordinary = "FROM debian:12 AS build\nARG V=1\nENV A=b C=\"d e\"\nWORKDIR /src\nCOPY --chown=1:2 . .\nRUN make && \\\n    make install\nFROM scratch\nCOPY --from=build /out /\nCMD [\"/app\"]\n";

    private SourceText text = null!;

    [Params(1, 1000)]
    public int Times { get; set; }

    [GlobalSetup]
    public void SetUp() => text = new SourceText("Dockerfile", string.Concat(Enumerable.Repeat(Ordinary, Times)));

    [Benchmark]
    public DockerfileSyntax Parse() => DockerfileParser.Parse(text);
}
