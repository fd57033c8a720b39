using Builder.Diagnostics;

namespace Builder.Engine.Exporters;

/// <summary>
/// A file in the making, beside its final place: it gets its name when it is whole, so an interrupted export leaves neither
/// half a file nor a lost old one.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string path;
    private readonly string unfinished;
    private bool finished;

    private OutputFile(string path)
    {
        this.path = path;
        unfinished = path + ".unfinished";
        Stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024);
    }

    public FileStream Stream { get; }

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public static OutputFile Create(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? throw new BuilderException(EngineErrors.BadOutput, $"the output {path} is a folder", "name a file in it")
                : new OutputFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the output {path} cannot be written", "is there such a folder, and may you write to it?", inner: e);
        }
    }

    /// <summary>Gives the file its name.</summary>
    public void Finish()
    {
        Stream.Dispose();
        File.Move(unfinished, path, overwrite: true);
        finished = true;
    }

    public void Dispose()
    {
        Stream.Dispose();
        if (!finished)
        {
            File.Delete(unfinished);
        }
    }
}
