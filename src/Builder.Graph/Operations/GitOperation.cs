namespace Builder.Graph.Operations;

/// <summary>The work tree of a git repository at one commit, its files owned by root with a umask of 022.</summary>
/// <param name="Remote">What git calls the URL, without fragment and query.</param>
/// <param name="Reference">A branch, tag or commit; null for the remote's HEAD.</param>
/// <param name="Subdirectory">The part of the tree that becomes the root; null for all of it.</param>
public sealed record GitOperation(string Remote, string? Reference, string? Subdirectory) : Operation
{
    /// <summary>Whether <c>.git</c> stays.</summary>
    public bool KeepGitDirectory { get; init; }

    /// <summary>Whether submodules are checked out, recursively.</summary>
    public bool Submodules { get; init; } = true;

    /// <summary>The commit that the reference must resolve to, or a prefix of its id; null for any.</summary>
    public string? Checksum { get; init; }

    public override string Kind => "git";

    public override bool IsSource => true;

    public override bool IsMutable => true;

    internal override bool Accepts(int inputs) => inputs == 0;

    internal override void Describe(KeyWriter key)
    {
        key.Add("remote", Remote);
        key.Add("reference", Reference);
        key.Add("subdirectory", Subdirectory);
        key.Add("keep git directory", KeepGitDirectory);
        key.Add("submodules", Submodules);
        key.Add("checksum", Checksum);
    }
}
