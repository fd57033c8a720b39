using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>Opens files of a source when their turn has come. They come folder by folder, so the last folder stays open.</summary>
internal sealed class SourceFiles(SourceTree tree) : IDisposable
{
    private byte[]? last;
    private DirectoryHandle? opened;

    /// <param name="seen">What the file was when it was found.</param>
    /// <exception cref="Linux.LinuxException">It is another file now.</exception>
    public SafeFileHandle Open(byte[] directory, byte[] name, in FileStatus seen)
    {
        if (opened is null || !directory.AsSpan().SequenceEqual(last))
        {
            opened?.Dispose();
            (opened, last) = (tree.Root.OpenDirectory(directory), directory);
        }

        return ReadableFiles.OpenFile(opened, name, seen, directory);
    }

    public void Dispose() => opened?.Dispose();
}
