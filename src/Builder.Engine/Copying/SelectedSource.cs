using Builder.Linux.Files;

namespace Builder.Engine.Copying;

/// <summary>One file or directory that a source of COPY or ADD stands for.</summary>
/// <param name="Path">Below the tree's root, with every link on the way and in the last place resolved.</param>
/// <param name="Name">What a file is called in a destination directory: the last name of the source as it was written.</param>
/// <param name="Status">Of that path.</param>
internal sealed record SelectedSource(byte[] Path, byte[] Name, FileStatus Status)
{
    public bool IsDirectory => Status.Type == FileType.Directory;
}
