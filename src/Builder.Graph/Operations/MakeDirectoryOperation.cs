namespace Builder.Graph.Operations;

/// <summary>
/// Makes a directory and its missing parents (mode 0755, owned by a user); leaves alone what is there, follows links
/// inside the root. Input 0 is the root file system.
/// </summary>
/// <param name="Path">Absolute and clean; never <c>/</c>.</param>
/// <param name="User"><c>user[:group]</c> as USER takes it, resolved in the root; empty for root.</param>
public sealed record MakeDirectoryOperation(string Path, string User) : Operation
{
    /// <summary>The time of what is made; null for 1970.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    public override string Kind => "mkdir";

    internal override bool Accepts(int inputs) => inputs == 1;

    internal override void Describe(KeyWriter key)
    {
        key.Add("path", Path);
        key.Add("user", User);
        key.Add("source date", SourceDateEpoch?.ToUnixTimeSeconds());
    }
}
