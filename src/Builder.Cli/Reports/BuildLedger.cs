using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Cli.Reports;

/// <summary>Keeps the books of a build beside what a display shows: each step's times, fate and resources.</summary>
/// <param name="tookOf">How long a step took when it ran, by its key.</param>
/// <param name="showsMisses">Whether the display is told why steps were not in the cache, or the books alone.</param>
internal sealed class BuildLedger(IBuildDisplay shown, TimeProvider time, Func<Digest, TimeSpan?> tookOf, bool showsMisses) : IBuildDisplay
{
    private readonly Lock gate = new();
    private readonly List<Digest> order = [];
    private readonly Dictionary<Digest, LedgerStep> steps = [];
    private readonly Dictionary<(Digest Step, string Name), long> transfers = [];
    private readonly DateTimeOffset started = time.GetUtcNow();
    private DateTimeOffset? ended;

    public void Publish(BuildEvent buildEvent)
    {
        if (showsMisses || buildEvent is not VertexMissed)
        {
            shown.Publish(buildEvent);
        }

        lock (gate)
        {
            Enter(buildEvent);
        }
    }

    public void Warn(Diagnostic remark) => shown.Warn(remark);

    public void Dispose()
    {
        shown.Dispose();
        ended ??= time.GetUtcNow();
    }

    public bool AnythingRan
    {
        get
        {
            lock (gate)
            {
                return steps.Values.Any(step => !step.IsCached);
            }
        }
    }

    /// <summary>What the books say when the build is over.</summary>
    /// <param name="withSavings">Whether the store is asked what cached steps once took.</param>
    public BuildAccount Close(bool withSavings)
    {
        ended ??= time.GetUtcNow();
        lock (gate)
        {
            return new BuildAccount(
                started,
                ended.Value,
                [.. order.Select(digest => steps[digest]).Select(step => step with
                {
                    Saved = withSavings && step is { IsCached: true, Key: { } key } ? tookOf(key) : null,
                    Fetched = transfers.Where(transfer => transfer.Key.Step == step.Vertex.Digest).Sum(transfer => transfer.Value),
                })]);
        }
    }

    private void Enter(BuildEvent buildEvent)
    {
        var digest = buildEvent.Vertex.Digest;
        if (!steps.TryGetValue(digest, out var step))
        {
            step = new LedgerStep(buildEvent.Vertex, buildEvent.Time, null, StepFate.Running);
            order.Add(digest);
        }

        steps[digest] = buildEvent switch
        {
            // A step that is run a second time, after a shell or for comparison, counts as it went last.
            VertexStarted e => step with { Started = e.Time, Ended = null, Fate = StepFate.Running, Key = e.Key?.Key },
            VertexMissed e => step with { Missed = e.Why },
            VertexUsage e => step with { Usage = e },
            VertexCached e when step.Fate == StepFate.Running => step with { Ended = e.Time, Fate = StepFate.Cached, Key = e.Key },
            VertexSkipped e when step.Fate == StepFate.Running => step with { Ended = e.Time, Fate = StepFate.Skipped, Key = e.Key },
            VertexCompleted e => step with { Ended = e.Time, Fate = StepFate.Done },
            VertexFailed e => step with { Ended = e.Time, Fate = StepFate.Failed, Error = e.Error.Message },
            VertexCanceled e => step with { Ended = e.Time, Fate = StepFate.Canceled },
            VertexProgress e => Fetching(e, step),
            _ => step,
        };
    }

    private LedgerStep Fetching(VertexProgress progress, LedgerStep step)
    {
        transfers[(step.Vertex.Digest, progress.Name)] = progress.Current;
        return step;
    }
}

/// <summary>A build that is over.</summary>
/// <param name="Steps">In the order in which they were heard of.</param>
internal sealed record BuildAccount(DateTimeOffset Started, DateTimeOffset Ended, IReadOnlyList<LedgerStep> Steps)
{
    public TimeSpan Total => Ended - Started;

    public int CachedSteps => Steps.Count(step => step.IsCached);

    /// <summary>What the cached steps took when they ran, as far as somebody knows.</summary>
    public TimeSpan Saved => Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + (step.Saved ?? TimeSpan.Zero));
}
