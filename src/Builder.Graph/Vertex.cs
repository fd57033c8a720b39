using Builder.Diagnostics;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph;

/// <summary>
/// One step of a build, as data: an operation on the results of other vertices. It has a result as soon as somebody
/// runs it, and a name that depends on nothing but what it does (<see cref="Digest"/>).
/// </summary>
public sealed class Vertex
{
    /// <param name="platform">What the operation runs on; null for one that does the same everywhere, such as a copy.</param>
    /// <exception cref="ArgumentException">The operation does not take that many inputs.</exception>
    public Vertex(Operation operation, IReadOnlyList<Vertex>? inputs = null, Platform? platform = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Operation = operation;
        Inputs = inputs ?? [];
        Platform = platform;
        if (!operation.Accepts(Inputs.Count))
        {
            throw new ArgumentException($"an operation of kind {operation.Kind} does not take {Inputs.Count} inputs", nameof(inputs));
        }

        Digest = VertexKey.OfDefinition(this);
    }

    public Operation Operation { get; }

    /// <summary>What the operation works on, in the order that it counts them.</summary>
    public IReadOnlyList<Vertex> Inputs { get; }

    public Platform? Platform { get; }

    /// <summary>The digest of operation, platform and inputs. Not of the name, the place in the file, or the cache policy.</summary>
    public Digest Digest { get; }

    /// <summary>How a progress display calls it: <c>[build 2/5] RUN make</c>.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The instruction that it was made from.</summary>
    public SourceSpan? SourceSpan { get; init; }

    /// <summary>Of a copy, the words that its sources were written as, of a RUN its mounts, in their order; empty when nobody knows.</summary>
    public IReadOnlyList<SourceSpan> OperandSpans { get; init; } = [];

    /// <summary>Whether it is run again even if its result is known (<c>--no-cache</c>).</summary>
    public bool IgnoreCache { get; init; }

    /// <summary>How old a known result may be at most; null for any age.</summary>
    public TimeSpan? MaxAge { get; init; }

    public override string ToString() => DisplayName.Length > 0 ? DisplayName : $"{Operation.Kind} {Digest.Short}";
}
