using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>How a container is brought to its end: politely if it listens, by force when the grace period is over.</summary>
/// <param name="limit">How long the container may run; null for ever.</param>
/// <param name="passesSignalsOn">The first process hands signals to the program, whatever it does with them itself.</param>
internal sealed class StopPlan(ChildProcess child, SafeHandle requests, TimeSpan grace, TimeSpan? limit, bool passesSignalsOn)
{
    private readonly long? end = limit is { } time ? In(time) : null;
    private long? deadline;
    private bool killed;

    /// <summary>Becomes readable when somebody asks for the end; null when that is settled.</summary>
    public SafeHandle? Requests => deadline is null && !killed ? requests : null;

    /// <summary>How long to wait for anything else; null for ever.</summary>
    public TimeSpan? Patience => killed || (deadline ?? end) is not { } next ? null : Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next);

    /// <summary>The container was stopped because its time was over.</summary>
    public bool TimedOut { get; private set; }

    public void Begin()
    {
        // The first process of a pid namespace has no default actions: what it does not catch does nothing.
        if (grace > TimeSpan.Zero && (passesSignalsOn || Catches(child.Id, Signals.Terminate)))
        {
            deadline = In(grace);
            child.Signal(Signals.Terminate);
        }
        else
        {
            Kill();
        }
    }

    /// <summary>Ends the container when its time is up, and kills it when that of the grace is.</summary>
    public void Check()
    {
        if (Patience is not { } left || left > TimeSpan.Zero)
        {
            return;
        }

        if (deadline is not null)
        {
            Kill();
            return;
        }

        TimedOut = true;
        Begin();
    }

    private static long In(TimeSpan time) => Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);

    private void Kill()
    {
        killed = true;
        child.Signal(Signals.Kill);
    }

    private static bool Catches(int processId, int signal)
    {
        try
        {
            var caught = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
            var mask = ulong.Parse(caught.AsSpan("SigCgt:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return (mask >> (signal - 1) & 1) != 0;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
