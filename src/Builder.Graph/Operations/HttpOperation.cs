namespace Builder.Graph.Operations;

/// <summary>
/// A downloaded file: alone in a root of its own, mode 0600, owned by root, its time that of the server's
/// Last-Modified (the epoch without one).
/// </summary>
/// <param name="FileName">Its name in that root: the last segment of the URL's path, or <c>__unnamed__</c>.</param>
/// <param name="Checksum">What the body must have, as <c>algorithm:hex</c>; null for anything.</param>
public sealed record HttpOperation(string Url, string FileName, string? Checksum) : Operation
{
    public override string Kind => "http";

    public override bool IsSource => true;

    public override bool IsMutable => true;

    internal override bool Accepts(int inputs) => inputs == 0;

    internal override void Describe(KeyWriter key)
    {
        key.Add("url", Url);
        key.Add("file name", FileName);
        key.Add("checksum", Checksum);
    }
}
