using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>One file or directory that COPY --parents copies together with the directories above it.</summary>
/// <param name="Path">Below the tree's root; no part of it is a link that would have to be followed.</param>
/// <param name="Pivot">How much of the path is not kept: its length up to <c>/./</c>, or 0.</param>
/// <param name="Status">Of that path.</param>
internal sealed record KeptSource(byte[] Path, int Pivot, FileStatus Status)
{
    public bool IsDirectory => Status.Type == FileType.Directory;

    /// <summary>The paths that are made below the destination, top first: the directories above, and what is copied.</summary>
    public IEnumerable<byte[]> Steps()
    {
        for (var end = Pivot; end < Path.Length;)
        {
            var slash = Path.AsSpan(Math.Min(end + 1, Path.Length)..).IndexOf((byte)'/');
            end = slash < 0 ? Path.Length : end + 1 + slash;
            yield return Path[..end];
        }
    }
}
