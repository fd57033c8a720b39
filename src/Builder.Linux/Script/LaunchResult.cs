using Builder.Linux.Processes;

namespace Builder.Linux.Script;

/// <summary>What became of a script: a process that runs a new program now, or the operation that ended it.</summary>
public sealed record LaunchResult(ChildProcess? Child, ScriptFailure? Failure);

/// <summary>The operation that ended a script, and why.</summary>
public sealed record ScriptFailure(ScriptOperation Operation, Errno Errno)
{
    /// <summary><c>mount of devpts: EINVAL (invalid argument)</c></summary>
    public override string ToString() => $"{Operation.Description}: {Errno.Describe()}";
}
