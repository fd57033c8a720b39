using System.Collections.Concurrent;
using Builder.Graph;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Failures;

/// <summary>A step that failed, or that somebody wants to look at before it runs, with the files as it left or would find them.</summary>
/// <param name="Inputs">The results of its inputs.</param>
internal sealed record FailedStep(Vertex Vertex, IReadOnlyList<StepResult?> Inputs, Snapshot? Root);

/// <summary>Collects the steps that failed, and stops the build where the user wants to look.</summary>
/// <param name="breakLine">The line of the instruction before which the build stops; null for none.</param>
internal sealed class FailedSteps(int? breakLine)
{
    private readonly ConcurrentQueue<FailedStep> failed = new();
    private bool passed;

    public FailedStep? First => failed.TryPeek(out var first) ? first : null;

    public void Note(FailedStep step) => failed.Enqueue(step);

    /// <summary>Stops the build before the step of the chosen line, the first time that it comes there.</summary>
    /// <exception cref="BreakpointException">It is that step.</exception>
    public void StopAt(Vertex vertex, IReadOnlyList<StepResult?> inputs)
    {
        if (!passed && vertex.SourceSpan is { } span && span.Line == breakLine && !vertex.Operation.IsSource)
        {
            throw new BreakpointException(new FailedStep(vertex, inputs, inputs.Count > 0 ? inputs[0]?.Snapshot : null));
        }
    }

    /// <summary>The user has seen enough: the build goes on.</summary>
    public void Continue() => passed = true;
}

/// <summary>The build has come to where the user wants to look. Not an error: it goes on afterwards.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "It is caught in this room.")]
internal sealed class BreakpointException(FailedStep step) : Exception("stopped before this line")
{
    public FailedStep Step { get; } = step;
}
