using System.Runtime.InteropServices;
using Builder.Linux.Processes;

namespace Builder.Engine.Containers.Working;

/// <summary>The way to a container's standard input: its terminal, a pipe, or nowhere. From any thread.</summary>
public sealed class ContainerInput : IDisposable
{
    private readonly Lock gate = new();
    private readonly Pipe? pipe;
    private PseudoTerminal? terminal;
    private bool ended;

    /// <param name="isOpen">The container reads what is typed for it; else it reads nothing.</param>
    internal ContainerInput(bool isOpen, bool hasTerminal) => pipe = isOpen && !hasTerminal ? Pipe.Create() : null;

    internal Microsoft.Win32.SafeHandles.SafeFileHandle? ContainersEnd => pipe?.Reader;

    /// <summary>Waits while the container does not read; what comes after the end is lost.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        SafeHandle? target;
        lock (gate)
        {
            target = ended ? null : (SafeHandle?)terminal?.Handle ?? pipe?.Writer;
        }

        try
        {
            if (target is not null && !Descriptors.TryWriteAll(target, bytes))
            {
                End();
            }
        }
        catch (ObjectDisposedException)
        {
            // The container has ended meanwhile.
        }
    }

    /// <summary>There will be no more. On a terminal the end is a key, and whoever types it has done so.</summary>
    public void End()
    {
        lock (gate)
        {
            if (!ended && pipe is not null)
            {
                ended = true;
                pipe.Writer.Dispose();
            }
        }
    }

    public void Resize(int columns, int rows)
    {
        lock (gate)
        {
            if (!ended && columns > 0 && rows > 0)
            {
                terminal?.Resize(columns, rows);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            terminal = null;
            pipe?.Dispose();
        }
    }

    internal void Connect(PseudoTerminal? containersTerminal)
    {
        lock (gate)
        {
            terminal = containersTerminal;

            // The container has its own copy; with ours closed, its end is the end of the pipe.
            pipe?.Reader.Dispose();
        }
    }
}
