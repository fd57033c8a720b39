using System.Collections.Concurrent;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Graph.Tests.Solving;

/// <summary>What a fake step leaves behind: its content decides what steps above it see.</summary>
internal sealed record FakeResult(string Content);

/// <summary>A runner, a cache and a listener that remember everything that was asked of them.</summary>
internal sealed class FakeBuild : IVertexRunner<FakeResult>, IResultCache<FakeResult>, IBuildEvents
{
    private int running;
    private int mostRunning;

    public Func<Vertex, IReadOnlyList<FakeResult?>, CancellationToken, Task<FakeResult>> OnRun { get; set; } =
        (vertex, inputs, _) => Task.FromResult(new FakeResult($"{vertex.DisplayName}({string.Join(",", inputs.Select(input => input?.Content))})"));

    public Func<Vertex, int, string> Context { get; set; } = (_, _) => "context";

    public Func<Vertex, int, FakeResult, string?> SeenResult { get; set; } = (_, _, result) => result.Content;

    public ConcurrentQueue<Vertex> Runs { get; } = new();

    public ConcurrentQueue<Digest> Searches { get; } = new();

    public ConcurrentQueue<BuildEvent> Events { get; } = new();

    public ConcurrentDictionary<Digest, FakeResult> Cache { get; } = new();

    public ConcurrentDictionary<Digest, KeyExplanation> Explanations { get; } = new();

    public int MostRunning => mostRunning;

    public int Running => running;

    public IEnumerable<string> RunNames => Runs.Select(vertex => vertex.DisplayName);

    public Task<IReadOnlyList<FakeResult>> SolveAsync(Vertex target, int jobs = 4, CancellationToken cancellationToken = default) =>
        new Solver<FakeResult>(this, this, this, jobs, TimeProvider.System).SolveAsync(BuildGraph.Of(target), cancellationToken);

    /// <summary>Forgets what was asked, not what was made.</summary>
    public FakeBuild Again()
    {
        Runs.Clear();
        Searches.Clear();
        Events.Clear();
        return this;
    }

    public ValueTask<Digest> ContentKeyAsync(Vertex vertex, int input, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Digest.OfText(Context(vertex, input)));

    public ValueTask<Digest?> ResultKeyAsync(Vertex vertex, int input, FakeResult result, CancellationToken cancellationToken) =>
        ValueTask.FromResult(SeenResult(vertex, input, result) is { } seen ? Digest.OfText(seen) : default(Digest?));

    public async Task<FakeResult> RunAsync(Vertex vertex, IReadOnlyList<FakeResult?> inputs, CancellationToken cancellationToken)
    {
        Runs.Enqueue(vertex);
        var now = Interlocked.Increment(ref running);
        InterlockedMax(ref mostRunning, now);
        try
        {
            return await OnRun(vertex, inputs, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    public ValueTask<FakeResult?> FindAsync(Digest key, CancellationToken cancellationToken)
    {
        Searches.Enqueue(key);
        return ValueTask.FromResult(Cache.GetValueOrDefault(key));
    }

    public ValueTask StoreAsync(Digest key, KeyExplanation explanation, FakeResult result, CancellationToken cancellationToken)
    {
        Cache[key] = result;
        Explanations[key] = explanation;
        return ValueTask.CompletedTask;
    }

    public void Publish(BuildEvent buildEvent) => Events.Enqueue(buildEvent);

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = target; seen < value; seen = target)
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}

/// <summary>Short ways to write a graph.</summary>
internal static class Steps
{
    public static Vertex Scratch { get; } = new(new ScratchOperation());

    public static Vertex Folder { get; } = new(new ContextOperation("context")) { DisplayName = "folder" };

    public static Vertex Image(string name) =>
        new(new ImageOperation(ImageReference.Parse(name), Digest.OfText(name), new Platform("amd64", "linux"))) { DisplayName = name };

    public static Vertex Run(string name, Vertex root, bool ignoreCache = false) =>
        new(new RunOperation { Arguments = [name] }, [root], new Platform("amd64", "linux")) { DisplayName = name, IgnoreCache = ignoreCache };

    public static Vertex Copy(string path, Vertex root, Vertex from) =>
        new(new CopyOperation("/", true) { Sources = [new CopySource(1, path)] }, [root, from]) { DisplayName = "copy " + path };

    /// <summary>A step on a root that also mounts other steps.</summary>
    public static Vertex Join(string name, Vertex root, params IReadOnlyList<Vertex> others) =>
        new(
            new RunOperation
            {
                Arguments = [name],
                Mounts = [.. others.Select((_, i) => new StepBindMount($"/m{i:D3}", i + 1, "/", true))],
            },
            [root, .. others])
        { DisplayName = name };
}
