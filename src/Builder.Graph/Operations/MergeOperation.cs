namespace Builder.Graph.Operations;

/// <summary>
/// Stacks the layers of its inputs, input 0 at the bottom, without looking at what is in them. <c>COPY --link</c> is a
/// copy onto nothing, merged onto the stage: when the base changes, the copy is still known.
/// </summary>
public sealed record MergeOperation : Operation
{
    public override string Kind => "merge";

    internal override bool Accepts(int inputs) => inputs >= 2;

    internal override void Describe(KeyWriter key)
    {
    }
}
