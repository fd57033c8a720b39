using BenchmarkDotNet.Attributes;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Formatting;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Benchmarks.InProcess;

/// <summary>From text to plan: an ordinary Dockerfile, and one of ten thousand instructions in a thousand stages.</summary>
[MemoryDiagnoser]
public class ParsingBenchmarks
{
    private const string Stage =
        "FROM BASE AS stageNUMBER\nARG V=1\nENV A=b C=\"d $V e\" PATH=/opt/bin:/usr/bin:/bin\nWORKDIR /src/app\nLABEL org.example.stage=\"NUMBER\"\nCOPY --chown=1:2 --link src/ *.txt ./\n"
        + "# the long one\nRUN --mount=type=cache,target=/root/.cache make -j4 \\\n    PREFIX=/usr && \\\n    make install\nRUN <<EOF\nset -e\necho hello\nEOF\nEXPOSE 8080/tcp\nCMD [\"/app\", \"--serve\"]\n";

    private SourceText text = null!;
    private DockerfileSyntax syntax = null!;

    /// <summary>How many stages of ten instructions, each on top of the one before.</summary>
    [Params(1, 1000)]
    public int Stages { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        text = new SourceText("Dockerfile", string.Concat(Enumerable.Range(0, Stages).Select(i =>
            Stage.Replace("BASE", i == 0 ? "scratch" : $"stage{i - 1}", StringComparison.Ordinal).Replace("NUMBER", $"{i}", StringComparison.Ordinal))));
        syntax = DockerfileParser.Parse(text);
        Console.WriteLine($"// {text.Text.Length} bytes, {syntax.Instructions.Count()} instructions");
    }

    [Benchmark]
    public DockerfileSyntax Parse() => DockerfileParser.Parse(text);

    [Benchmark]
    public SyntaxTree ParseTree() => SyntaxTree.Parse(text);

    [Benchmark]
    public string Format() => DockerfileFormatter.Format(text);

    [Benchmark]
    public Task<BuildPlan> Compile() => DockerfileCompiler.CompileAsync(syntax, new CompileOptions(), new NoImages(), CancellationToken.None);

    [Benchmark]
    public Task<BuildPlan> ParseAndCompile() =>
        DockerfileCompiler.CompileAsync(DockerfileParser.Parse(text), new CompileOptions(), new NoImages(), CancellationToken.None);

    private sealed class NoImages : IImageResolver
    {
        public Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
