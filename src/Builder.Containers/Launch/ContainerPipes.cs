using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>
/// What connects a container with the thread that looks after it. Output goes through pipes, not sockets: programs
/// open /dev/stdout again, which a socket does not allow.
/// </summary>
internal sealed class ContainerPipes(TerminalHandover? terminal = null) : IDisposable
{
    private const int OutputBuffer = 256 << 10;

    public Pipe Stdout { get; } = CreateForOutput();

    public Pipe Stderr { get; } = CreateForOutput();

    /// <summary>How a terminal comes to this process; null for a container without.</summary>
    public TerminalHandover? Terminal { get; } = terminal;

    /// <summary>Never written to: its end tells the child that Builder is gone.</summary>
    public Pipe ParentAlive { get; } = Pipe.Create(nonBlocking: true);

    /// <summary>What is read as standard output: the terminal's master, where there is one.</summary>
    public System.Runtime.InteropServices.SafeHandle Output => (System.Runtime.InteropServices.SafeHandle?)Terminal?.Terminal?.Handle ?? Stdout.Reader;

    /// <summary>Only the child holds the write ends from here on.</summary>
    public void CloseChildsEnds()
    {
        Stdout.Writer.Dispose();
        Stderr.Writer.Dispose();
    }

    public void Dispose()
    {
        Stdout.Dispose();
        Stderr.Dispose();
        ParentAlive.Dispose();
        Terminal?.Terminal?.Dispose();
        Terminal?.Dispose();
    }

    private static Pipe CreateForOutput()
    {
        var pipe = Pipe.Create();
        pipe.Enlarge(OutputBuffer);
        return pipe;
    }
}
