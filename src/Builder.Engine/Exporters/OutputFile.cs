using Builder.Diagnostics;

namespace Builder.Engine.Exporters;

/// <summary>
/// A file in the making, beside its final place: it gets its name when it is whole, so an interrupted export leaves neither
/// half a file nor a lost old one.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private readonly string path;
    private readonly string unfinished;
    private readonly FileStream stream;
    private bool finished;

    private OutputFile(string path)
    {
        this.path = path;
        unfinished = path + ".unfinished";
        stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 128 * 1024);
    }

        private static OutputFile Create(string path)
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

    /// <summary>Writes a whole output: to a file, or to standard output for <see cref="OutputSpec.Stdout"/>.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public static void Write(string path, Func<Stream> stdout, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(stdout);
        ArgumentNullException.ThrowIfNull(write);
        if (path == OutputSpec.Stdout)
        {
            using var stream = stdout();
            write(stream);
            return;
        }

        using var file = Create(path);
        write(file.stream);
        file.Finish();
    }

    private void Finish()
    {
        stream.Dispose();
        File.Move(unfinished, path, overwrite: true);
        finished = true;
    }

    public void Dispose()
    {
        stream.Dispose();
        if (!finished)
        {
            File.Delete(unfinished);
        }
    }
}
