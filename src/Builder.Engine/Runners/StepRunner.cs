using System.Diagnostics;
using Builder.Diagnostics;
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
internal sealed class StepRunner(SourceRunner sources, ImageRunner images, RunRunner runs, BindSources binds, CopyRunner copies, LayerForecast? forecast = null, FailedSteps? failures = null, Action? workBegins = null) : IVertexRunner<StepResult>
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
    public ValueTask<Digest?> ResultKeyAsync(Vertex vertex, int input, StepResult result, CancellationToken cancellationToken) => ValueTask.FromResult(vertex.Operation switch
    {
        CopyOperation copy when input > 0 => copies.ContentKey(vertex, copy, input, result, cancellationToken),

        // An image's content is known by its digest already, and may be a lot to read.
        RunOperation run when input > 0 && vertex.Inputs[input].Operation is not ImageOperation => binds.ContentKey(vertex, run, input, result, cancellationToken),
        _ => result.Snapshot is { } snapshot ? Digest.OfText(snapshot.Id) : (Digest?)null,
    });

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

    private Task<StepResult> ChooseAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken) => vertex.Operation switch
    {
        ScratchOperation => Task.FromResult(Empty),
        HttpOperation or GitOperation => sources.RunAsync(vertex, cancellationToken),
        ImageOperation image => images.RunAsync(vertex, image, cancellationToken),
        RunOperation run => runs.RunAsync(vertex, run, inputs, cancellationToken),
        CopyOperation copy => copies.CopyAsync(vertex, copy, inputs, cancellationToken),
        MakeDirectoryOperation directory => copies.MakeDirectoryAsync(vertex, directory, inputs, cancellationToken),
        MergeOperation => copies.MergeAsync(vertex, inputs, cancellationToken),
        var other => throw NotSupported(other),
    };

    private static BuilderException NotSupported(Operation operation) => new(
        EngineErrors.NotSupported,
        $"an operation of kind {operation.Kind} is not supported yet");
}
