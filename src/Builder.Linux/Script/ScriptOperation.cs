namespace Builder.Linux.Script;

/// <summary>One system call of a script, with the words that an error about it uses.</summary>
public sealed class ScriptOperation
{
    internal const int Fatal = -1;

    private readonly ScriptValue[] arguments;

    internal ScriptOperation(int index, string description, SystemCall call, ScriptValue[] arguments, ScriptVariable? result)
    {
        Index = index;
        Description = description;
        Call = call;
        this.arguments = arguments;
        Result = result;
    }

    public int Index { get; }

    /// <summary>What it does, as one would say it: <c>mount of devpts</c>.</summary>
    public string Description { get; }

    public SystemCall Call { get; }

    public IReadOnlyList<ScriptValue> Arguments => arguments;

    public ScriptVariable? Result { get; }

    /// <summary>How the operation went when the script ran; null when it succeeded or was not reached.</summary>
    public Errno? Error { get; internal set; }

    /// <summary>The least result that counts as success: -1 is how libc's syscall(2) reports an error.</summary>
    internal int LeastResult { get; private set; }

    internal int Retries { get; private set; }

    internal int SkipOnError { get; set; } = Fatal;

    /// <summary>Null is as for an error.</summary>
    internal int? SkipOnLess { get; set; }

    internal int SkipOnSuccess { get; set; }

    /// <summary>Its failure does not end the script.</summary>
    public ScriptOperation MayFail()
    {
        SkipOnError = 0;
        return this;
    }

    /// <summary>
    /// EAGAIN is no failure until it has come a thousand times: openat2(2) answers it whenever something was renamed or
    /// mounted anywhere on the machine while it resolved a ".." inside a root.
    /// </summary>
    public ScriptOperation RetryWhenRaced()
    {
        Retries = 1000;
        return this;
    }

    /// <summary>A smaller result is a failure too (ECANCELED): a read that meets the end of its pipe.</summary>
    public ScriptOperation AtLeast(int result)
    {
        LeastResult = result;
        return this;
    }

    /// <summary><c>FsOpen("proc", 1) -> $proc</c></summary>
    public override string ToString() =>
        $"{Call}({string.Join(", ", arguments)})" + (Result is null ? "" : $" -> ${Result.Name}");
}
