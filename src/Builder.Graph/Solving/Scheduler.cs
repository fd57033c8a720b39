using System.Runtime.ExceptionServices;
using Builder.Diagnostics;
using System.Threading.Channels;

namespace Builder.Graph.Solving;

/// <summary>
/// Decides what is done when. One loop owns all state; the work itself happens on other threads, at most
/// <paramref name="jobs"/> at a time, and comes back as an outcome. Each node and each edge is looked at a fixed number
/// of times, and no call is nested as deep as the graph is.
/// </summary>
internal sealed class Scheduler<TResult>(VertexWorker<TResult> worker, int jobs, bool keepsGoing = false)
    where TResult : class
{
    private readonly Queue<SolveNode<TResult>> demanded = new();
    private readonly Queue<Job> ready = new();
    private readonly Channel<Outcome> outcomes = Channel.CreateUnbounded<Outcome>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Exception> later = [];
    private ExceptionDispatchInfo? failure;

    /// <summary>Returns when all targets are done, or throws when one job failed and no other runs any more.</summary>
    public async Task RunAsync(IEnumerable<SolveNode<TResult>> targets, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        foreach (var target in targets)
        {
            Demand(target);
        }

        var running = 0;
        while (true)
        {
            ServeDemands();
            while (running < jobs && !stop.IsCancellationRequested && ready.TryDequeue(out var job))
            {
                running++;
                _ = Task.Run(() => PerformAsync(job, stop.Token), CancellationToken.None);
            }

            if (running == 0)
            {
                break;
            }

            var outcome = await outcomes.Reader.ReadAsync(CancellationToken.None);
            running--;
            if (outcome.Error is not null)
            {
                Fail(outcome.Job.Node, outcome.Error, stop, cancellationToken);
            }
            else
            {
                Advance(outcome);
            }
        }

        ThrowFailures();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task PerformAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            var result = job.IsSearch
                ? await worker.FindAsync(job.Node, cancellationToken)
                : await worker.MakeAsync(job.Node, cancellationToken);
            outcomes.Writer.TryWrite(new Outcome(job, result, null));
        }
#pragma warning disable CA1031 // Whatever it is, it is the outcome: the loop decides what becomes of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            outcomes.Writer.TryWrite(new Outcome(job, null, e));
        }
    }

    private void Advance(Outcome outcome)
    {
        var node = outcome.Job.Node;
        if (outcome.Result is null && outcome.Job.IsSearch)
        {
            AwaitInputs(node);
        }
        else
        {
            Finish(node, outcome.Result);
        }
    }

    private void Demand(SolveNode<TResult> node)
    {
        if (!node.IsDemanded)
        {
            node.IsDemanded = true;
            demanded.Enqueue(node);
        }
    }

    private void ServeDemands()
    {
        while (demanded.TryDequeue(out var node))
        {
            if (!node.Vertex.Operation.HasResult)
            {
                Finish(node, null);
            }
            else if (node.CanBeFoundByDefinition)
            {
                ready.Enqueue(new Job(node, IsSearch: true));
            }
            else
            {
                AwaitInputs(node);
            }
        }
    }

    private void AwaitInputs(SolveNode<TResult> node)
    {
        foreach (var input in node.Inputs.Distinct())
        {
            if (!input.IsDone)
            {
                node.Missing++;
                input.Waiting.Add(node);
                Demand(input);
            }
        }

        if (node.Missing == 0)
        {
            ready.Enqueue(new Job(node, IsSearch: false));
        }
    }

    private void Finish(SolveNode<TResult> node, TResult? result)
    {
        node.Result = result;
        node.IsDone = true;
        foreach (var waiting in node.Waiting)
        {
            if (--waiting.Missing == 0)
            {
                ready.Enqueue(new Job(waiting, IsSearch: false));
            }
        }
    }

    /// <summary>The first failure is the build's; what comes after it, or after the user gave up, is its consequence.</summary>
    private void Fail(SolveNode<TResult> node, Exception error, CancellationTokenSource stop, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested || (failure is not null && (!keepsGoing || error is OperationCanceledException)))
        {
            worker.TellCanceled(node);
            return;
        }

        var placed = Failure.Of(node.Vertex, error);
        worker.TellFailed(node, placed);
        if (failure is not null)
        {
            later.Add(placed);
            return;
        }

        failure = ExceptionDispatchInfo.Capture(placed);
        if (!keepsGoing)
        {
            stop.Cancel();
        }
    }

    /// <summary>The first failure, followed by those that came although it had; nothing when there was none.</summary>
    private void ThrowFailures()
    {
        if (failure?.SourceException is BuilderException first && later.Count > 0)
        {
            throw first.FollowedBy(later.OfType<BuilderException>());
        }

        failure?.Throw();
    }

    private readonly record struct Job(SolveNode<TResult> Node, bool IsSearch);

    private readonly record struct Outcome(Job Job, TResult? Result, Exception? Error);
}
