using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Short ways to compile a text and to look at what came out.</summary>
public abstract class CompilerTest
{
    protected const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    internal FakeResolver Resolver { get; } = new();

    protected Task<BuildPlan> CompileAsync(string text, CompileOptions? options = null) =>
        DockerfileCompiler.CompileAsync(DockerfileParser.Parse(new SourceText("Dockerfile", text)), options ?? new CompileOptions(), Resolver, CancellationToken.None);

    protected static CompileOptions WithArgs(params (string Name, string Value)[] args) =>
        new() { BuildArgs = args.ToDictionary(arg => arg.Name, arg => arg.Value) };

    protected static CompileOptions WithContext(string name, NamedContext context) =>
        new() { NamedContexts = new Dictionary<string, NamedContext> { [name] = context } };

    protected async Task<ExecutionConfig> ConfigOf(string text, CompileOptions? options = null) => (await CompileAsync(text, options)).Image.Config;

    /// <summary>The history, each entry with E (empty) or L (layer) in front.</summary>
    protected async Task<IEnumerable<string>> HistoryOf(string text, CompileOptions? options = null) =>
        (await CompileAsync(text, options)).Image.Steps.Select(step => (step.Layer is null ? "E " : "L ") + step.CreatedBy);

    /// <summary>The operation of the last layer.</summary>
    protected async Task<T> LastOperation<T>(string text, CompileOptions? options = null)
        where T : Operation =>
        Assert.IsType<T>((await CompileAsync(text, options)).Root!.Operation);

    protected async Task<BuilderException> ErrorOf(string text, CompileOptions? options = null)
    {
        var error = await Assert.ThrowsAnyAsync<BuilderException>(() => CompileAsync(text, options));
        return error;
    }

    protected static IEnumerable<T> Operations<T>(BuildPlan plan)
        where T : Operation =>
        BuildGraph.Of(plan.Root!).Vertices.Select(vertex => vertex.Operation).OfType<T>();
}
