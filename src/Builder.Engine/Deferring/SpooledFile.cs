using Builder.Storage.Layers.Indexing;

namespace Builder.Engine.Deferring;

/// <summary>A file for what comes in one order and is needed in another; gone when it is disposed of.</summary>
internal sealed class SpooledFile : IDisposable
{
    private readonly string path;
    private readonly FileStream stream;

    public SpooledFile(string path)
    {
        this.path = path;
        stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Keeps what a function writes.</summary>
    public FileContent Keep(long length, Action<Stream> write)
    {
        var start = stream.Position;
        write(stream);
        stream.Flush();
        return new HostContent(() => File.OpenHandle(path), start, length);
    }

    public void Dispose()
    {
        stream.Dispose();
        File.Delete(path);
    }
}
