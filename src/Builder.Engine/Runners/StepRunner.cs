using System.Diagnostics;
using Builder.Diagnostics;
using Builder.Engine.Deferring;
using Builder.Engine.Failures;
using Builder.Engine.Images;
using Builder.Engine.Mounts;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Engine.Runners;

/// <summary>Gives each operation to the runner that knows how.</summary>
/// <param name="workBegins">Told before anything is run or fetched that was not known.</param>
internal sealed class StepRunner(SourceRunner sources, ImageRunner images, RunRunner runs, BindSources binds, CopyRunner copies, LayerRunner layers, DeferredTrees trees, DeferralPlan plan, LayerForecast? forecast = null, FailedSteps? failures = null, Action? workBegins = null) : IVertexRunner<StepResult>
{
    private static readonly StepResult Empty = new(Snapshot: null);

    public ValueTask<Digest> ContentKeyAsync(Vertex vertex, int input, CancellationToken cancellationToken) =>
        (vertex.Inputs[input].Operation, vertex.Operation) switch
        {
            (HttpOperation or GitOperation, _) => new ValueTask<Digest>(sources.KeyAsync(vertex.Inputs[input].Operation, cancellationToken)),
            (ContextOperation, CopyOperation copy) => ValueTask.FromResult(copies.ContentKey(vertex, copy, input, null, cancellationToken)),
            (ContextOperation, RunOperation run) => ValueTask.FromResult(binds.ContentKey(vertex, run, input, null, cancellationToken)),
            _ => throw NotSupported(vertex.Operation),
        };

    /// <summary>A copy is known by what it copies: a source stage that was built anew but came out the same changes nothing.</summary>
    public async ValueTask<Digest?> ResultKeyAsync(Vertex vertex, int input, StepResult result, CancellationToken cancellationToken)
    {
        switch (vertex.Operation)
        {
            case CopyOperation copy when input > 0:
                await trees.UnpackAsync(vertex, result.Snapshot, cancellationToken);
                return copies.ContentKey(vertex, copy, input, result, cancellationToken);

            // An image's content is known by its digest already, and may be a lot to read.
            case RunOperation run when input > 0 && vertex.Inputs[input].Operation is not ImageOperation:
                await trees.UnpackAsync(vertex, result.Snapshot, cancellationToken);
                return binds.ContentKey(vertex, run, input, result, cancellationToken);
            default:
                return result.Snapshot is { } snapshot ? Digest.OfText(snapshot.Id) : null;
        }
    }

    public async Task<StepResult> RunAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        failures?.StopAt(vertex, inputs);
        if (vertex.Operation is not ScratchOperation)
        {
            workBegins?.Invoke();
        }

        try
        {
            var begin = Stopwatch.GetTimestamp();
            var result = await ChooseAsync(vertex, inputs, cancellationToken);
            forecast?.Note(vertex, result.Snapshot);
            return vertex.Operation is ScratchOperation ? result : result with { Took = Stopwatch.GetElapsedTime(begin) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFailures.Explain(e);
        }
    }

    private async Task<StepResult> ChooseAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        if (vertex.Operation is ScratchOperation)
        {
            return Empty;
        }

        return plan.Defers(vertex) && await DeferAsync(vertex, inputs, cancellationToken) is { } deferred
            ? deferred
            : await MakeFilesAsync(vertex, inputs, cancellationToken);
    }

    /// <summary>Makes a layer and no files, where that can be done.</summary>
    private async Task<StepResult?> DeferAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        switch (vertex.Operation)
        {
            case ImageOperation image:
                return images.Defer(image);
            case CopyOperation copy when layers.CanWorkOn(inputs[0]!.Snapshot):
                foreach (var source in inputs.Skip(1))
                {
                    await trees.UnpackAsync(vertex, source?.Snapshot, cancellationToken);
                }

                return await layers.CopyAsync(vertex, copy, inputs, cancellationToken);
            case MakeDirectoryOperation directory when layers.CanWorkOn(inputs[0]!.Snapshot):
                return await layers.MakeDirectoryAsync(vertex, directory, inputs, cancellationToken);
            case MergeOperation when inputs.All(input => layers.CanWorkOn(input!.Snapshot)):
                return layers.Merge(vertex, inputs);
            default:
                return null;
        }
    }

    private async Task<StepResult> MakeFilesAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        DeferredTrees.RequireRoot();
        foreach (var input in inputs)
        {
            await trees.UnpackAsync(vertex, input?.Snapshot, cancellationToken);
        }

        return vertex.Operation switch
        {
            HttpOperation or GitOperation => await sources.RunAsync(vertex, cancellationToken),
            ImageOperation image => await images.RunAsync(vertex, image, cancellationToken),
            RunOperation run => await runs.RunAsync(vertex, run, inputs, cancellationToken),
            CopyOperation copy => await copies.CopyAsync(vertex, copy, inputs, cancellationToken),
            MakeDirectoryOperation directory => await copies.MakeDirectoryAsync(vertex, directory, inputs, cancellationToken),
            MergeOperation => await copies.MergeAsync(vertex, inputs, cancellationToken),
            var other => throw NotSupported(other),
        };
    }

    private static BuilderException NotSupported(Operation operation) => new(
        EngineErrors.NotSupported,
        $"an operation of kind {operation.Kind} is not supported yet");
}
