using Builder.Diagnostics;

namespace Builder.Engine.Runners;

/// <summary>The command of a step ended with another status than 0.</summary>
public sealed class StepFailedException : BuilderException
{
    /// <param name="cause">Why, where more is known than the status.</param>
    public StepFailedException(string command, int exitCode, int? signal, IReadOnlyList<string> lastLines, SourceSpan? span = null, StepFailureCause? cause = null)
        : base(EngineErrors.StepFailed, Describe(command, exitCode, signal, cause), cause?.Remedy ?? HintFor(exitCode), span)
    {
        Cause = cause;
        Command = command;
        ProcessExitCode = exitCode;
        Signal = signal;
        LastLines = lastLines;
    }

    public StepFailureCause? Cause { get; }

    public string Command { get; }

    /// <summary>As a shell reports it: 128 + signal for a process that a signal ended.</summary>
    public int ProcessExitCode { get; }

    public int? Signal { get; }

    /// <summary>The end of what the command wrote, for a display that did not show it as it came.</summary>
    public IReadOnlyList<string> LastLines { get; }

    public override BuilderException At(SourceSpan span) =>
        Span is not null ? this : new StepFailedException(Command, ProcessExitCode, Signal, LastLines, span, Cause);

    private static string Describe(string command, int exitCode, int? signal, StepFailureCause? cause) =>
        cause is not null ? $"process \"{command}\" {cause.Reason} (exit code: {exitCode})"
        : $"process \"{command}\" did not complete successfully: exit code: {exitCode}" + (signal is null ? "" : $" (ended by signal {signal})");

    private static string HintFor(int exitCode) => exitCode switch
    {
        126 => "126 is a shell's word for a command that is there but cannot be executed",
        127 => "127 is a shell's word for a command that it did not find: is it installed in this stage?",
        137 => "137 is SIGKILL, which the kernel sends when memory runs out",
        _ => "build again with --on-error=shell to look around where it failed, or with --keep-failed NAME to keep what it left",
    };
}

/// <param name="Reason">What was done to the process, as in "killed: out of memory".</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record StepFailureCause(string Reason, string Remedy);
