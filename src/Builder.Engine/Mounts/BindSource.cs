using Builder.Linux.Files;

namespace Builder.Engine.Mounts;

/// <summary>What a mount shows: a place in a stack of folders that nobody changes any more.</summary>
/// <param name="LowerDirs">The top-most first.</param>
/// <param name="Path">Absolute in there; links are followed inside.</param>
/// <param name="Status">Of what the path leads to.</param>
internal sealed record BindSource(IReadOnlyList<string> LowerDirs, string Path, FileStatus Status)
{
    public bool IsDirectory => Status.Type == FileType.Directory;
}
