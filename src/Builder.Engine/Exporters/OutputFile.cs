using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Linux.Files;

namespace Builder.Engine.Exporters;

/// <summary>
/// A file in the making, beside its final place: it gets its name when it is whole, so an interrupted export leaves neither
/// half a file nor a lost old one. A device or a fifo is written to as it is.
/// </summary>
public sealed class OutputFile : IDisposable
{
    private const int BufferSize = 128 * 1024;
    private readonly string path;
    private readonly string? unfinished;
    private readonly FileStream stream;
    private bool finished;

    private OutputFile(string path, bool inPlace)
    {
        this.path = path;
        unfinished = inPlace ? null : path + ".unfinished";
        stream = new FileStream(unfinished ?? path, inPlace ? FileMode.Open : FileMode.Create, FileAccess.Write, FileShare.None, BufferSize);
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
        try
        {
            write(file.stream);
            file.Finish();
        }
        catch (IOException e)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the output {path} cannot be written", inner: e);
        }
    }

    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (IOException) when (!finished)
        {
            // The disk is full: what could not be flushed is thrown away with the rest.
        }

        if (!finished && unfinished is not null)
        {
            File.Delete(unfinished);
        }
    }

    private static OutputFile Create(string path)
    {
        try
        {
            if (IsDescriptor(Path.GetFullPath(path)))
            {
                return new OutputFile(path, inPlace: true);
            }

            // A link is written through, as by a shell's redirection.
            var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
            return TypeOf(target) switch
            {
                FileType.Directory => throw new BuilderException(EngineErrors.BadOutput, $"the output {path} is a folder", "name a file in it"),
                null or FileType.Regular => new OutputFile(target, inPlace: false),
                _ => new OutputFile(target, inPlace: true),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the output {path} cannot be written", "is there such a folder, and may you write to it?", inner: e);
        }
    }

    /// <summary>Whether the path stands for something that is open already, as <c>&gt;(command)</c> of a shell does.</summary>
    private static bool IsDescriptor(string path) =>
        path is "/dev/stdout" or "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal);

    private static FileType? TypeOf(string path)
    {
        using var host = RootDirectory.Open("/");
        return host.TryStat(GuestPath.FromText(Path.GetFullPath(path)))?.Type;
    }

    private void Finish()
    {
        stream.Dispose();
        if (unfinished is not null)
        {
            File.Move(unfinished, path, overwrite: true);
        }

        finished = true;
    }
}
