namespace Builder.Graph.Operations;

/// <summary>
/// A folder that the user gave to the build, without what its ignore file excludes. It has no result: copies and
/// mounts read it in place.
/// </summary>
/// <param name="Name"><see cref="MainName"/>, or the name given with <c>--build-context</c>.</param>
public sealed record ContextOperation(string Name) : Operation
{
    public const string MainName = "context";

    public override string Kind => "context";

    public override bool IsSource => true;

    public override bool IsMutable => true;

    public override bool HasResult => false;

    internal override bool Accepts(int inputs) => inputs == 0;

    internal override void Describe(KeyWriter key) => key.Add("name", Name);
}
