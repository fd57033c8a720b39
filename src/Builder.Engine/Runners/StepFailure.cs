using System.Globalization;
using Builder.Containers;

namespace Builder.Engine.Runners;

/// <summary>Why a step that ran counts as failed.</summary>
internal static class StepFailure
{
    public static StepFailedException Of(string command, ContainerExit exit, TimeSpan? timeLimit, IReadOnlyList<string> lastLines) =>
        new(command, exit.ExitCode, exit.Signal, lastLines, cause: CauseOf(exit, timeLimit));

    private static StepFailureCause? CauseOf(ContainerExit exit, TimeSpan? timeLimit) =>
        exit.TimedOut && timeLimit is { } limit ? new StepFailureCause($"was stopped: it took longer than {Seconds(limit)}", "give it more time with --step-timeout")
        : exit.MemoryExhausted is { } memory ? new StepFailureCause($"was killed: {Describe(memory)}", "give it more with --memory, or let it use less at a time")
        : null;

    private static string Describe(MemoryExhausted memory) =>
        $"out of memory, limit {(memory.Limit is { } limit ? Mebibytes(limit) : "not its own")}{(memory.Peak is { } peak ? $", peak {Mebibytes(peak)}" : "")}";

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MiB");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}
