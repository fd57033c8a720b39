using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Builder.Linux.Processes;

namespace Builder.Containers.Launch;

/// <summary>How a container is brought to its end: politely if it listens, by force when the grace period is over.</summary>
internal sealed class StopPlan(ChildProcess child, SafeHandle requests, TimeSpan grace)
{
    private long? deadline;
    private bool killed;

    /// <summary>Becomes readable when somebody asks for the end; null when that is settled.</summary>
    public SafeHandle? Requests => deadline is null && !killed ? requests : null;

    /// <summary>How long to wait for anything else; null for ever.</summary>
    public TimeSpan? Patience => deadline is { } end && !killed ? Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), end) : null;

    public void Begin()
    {
        // The first process of a pid namespace has no default actions: what it does not catch does nothing.
        if (grace > TimeSpan.Zero && Catches(child.Id, Signals.Terminate))
        {
            deadline = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
            child.Signal(Signals.Terminate);
        }
        else
        {
            Kill();
        }
    }

    /// <summary>Kills when the time is up.</summary>
    public void Check()
    {
        if (Patience is { } left && left <= TimeSpan.Zero)
        {
            Kill();
        }
    }

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
