using Builder.Diagnostics;
using Builder.Engine.Failures;
using Builder.Graph.Solving;
using Microsoft.Win32.SafeHandles;

namespace Builder.Cli.Displays;

/// <summary>A display that leaves the terminal to a shell for a while, and begins anew afterwards.</summary>
internal sealed class PausableDisplay : IBuildDisplay
{
    private readonly Func<IBuildDisplay> make;
    private readonly Lock gate = new();
    private IBuildDisplay? shown;

    public PausableDisplay(Func<IBuildDisplay> make)
    {
        this.make = make;
        shown = make();
    }

    /// <summary>The shell of a step, on the streams of this process.</summary>
    public StepShell Shell => new(
        sentence =>
        {
            Close();
            Terminal.WriteErrorLine(Terminal.Harmless(sentence));
        },
        () =>
        {
            lock (gate)
            {
                shown = make();
            }
        },
        OpenInput,
        (stream, bytes) => Terminal.Write(stream == Builder.Containers.OutputStream.Stderr, bytes.Span));

    public void Publish(BuildEvent buildEvent)
    {
        lock (gate)
        {
            shown?.Publish(buildEvent);
        }
    }

    public void Warn(Diagnostic remark)
    {
        lock (gate)
        {
            shown?.Warn(remark);
        }
    }

    public void Dispose() => Close();

    /// <summary>Opened anew: the shell's process cannot take over a descriptor under the number that it has already.</summary>
    private static SafeFileHandle OpenInput()
    {
        try
        {
            return File.OpenHandle("/proc/self/fd/0", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
    }

    private void Close()
    {
        lock (gate)
        {
            shown?.Dispose();
            shown = null;
        }
    }
}
