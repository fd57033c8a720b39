using System.Text;
using Builder.Linux.Files;

namespace Builder.Engine.Sources;

/// <summary>A folder for something in the making, gone when that is done.</summary>
internal sealed class WorkFolder : IDisposable
{
    /// <param name="path">Is made; below the store, so that what a killed process leaves is swept.</param>
    public WorkFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
    }

    public string Path { get; }

    public void Dispose()
    {
        using var above = DirectoryHandle.Open(System.IO.Path.GetDirectoryName(Path)!);
        above.RemoveTree(Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(Path)));
    }
}
