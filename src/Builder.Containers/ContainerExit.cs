namespace Builder.Containers;

/// <summary>How a container's first process ended.</summary>
/// <param name="ExitCode">0 to 255; 128 + signal for a process that a signal ended, as a shell reports it.</param>
/// <param name="Signal">The signal that ended it; null when it exited by itself.</param>
public sealed record ContainerExit(int ExitCode, int? Signal)
{
    public bool Succeeded => ExitCode == 0;
}
