namespace Builder.Graph.Operations;

/// <summary>The empty file system: what <c>FROM scratch</c> starts from, and what an independent layer is made on.</summary>
public sealed record ScratchOperation : Operation
{
    public override string Kind => "scratch";

    public override bool IsSource => true;

    internal override bool Accepts(int inputs) => inputs == 0;

    internal override void Describe(KeyWriter key)
    {
    }
}
