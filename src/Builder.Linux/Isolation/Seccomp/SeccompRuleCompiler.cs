using Builder.Diagnostics;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>The rules on one system call as instructions: the first whose arguments fit answers.</summary>
internal static class SeccompRuleCompiler
{
    /// <summary>Where a jump goes when its rule does not fit; the distance is known once the rule is laid out.</summary>
    private const int Elsewhere = -1;

    private const int LastArgument = 5;

    /// <summary>
    /// Arguments that the kernel reads as 32 bits, whatever a register holds. A comparison of all 64 would let a high word slip
    /// something past the rule (see <see cref="SeccompArchitecture.LowWord"/>).
    /// </summary>
    private static readonly Dictionary<string, int[]> NarrowArguments = new(StringComparer.Ordinal)
    {
        ["accept4"] = [0, 3],
        ["bpf"] = [0, 2],
        ["clone"] = [0, 1],
        ["epoll_ctl"] = [0, 1, 2],
        ["fcntl"] = [0, 1],
        ["fcntl64"] = [0, 1],
        ["getpriority"] = [0, 1],
        ["ioctl"] = [0, 1],
        ["keyctl"] = [0],
        ["kill"] = [0, 1],
        ["memfd_create"] = [1],
        ["open"] = [1, 2],
        ["openat"] = [0, 2, 3],
        ["perf_event_open"] = [1, 2, 3],
        ["personality"] = [0],
        ["prctl"] = [0],
        ["prlimit64"] = [0, 1],
        ["quotactl"] = [0],
        ["seccomp"] = [0, 1],
        ["setns"] = [0, 1],
        ["setpriority"] = [0, 1, 2],
        ["setsockopt"] = [0, 1, 2, 4],
        ["getsockopt"] = [0, 1, 2],
        ["socket"] = [0, 1, 2],
        ["socketcall"] = [0],
        ["socketpair"] = [0, 1, 2],
        ["syslog"] = [0, 2],
        ["tgkill"] = [0, 1, 2],
        ["tkill"] = [0, 1],
    };

    public static BpfInstruction[] Answer(string name, IEnumerable<SeccompRule> rules, SeccompArchitecture convention, uint defaultAction)
    {
        var telling = rules
            .Select(rule => (Action: SeccompActions.Parse(rule.Action, rule.ErrnoRet), Args: rule.Args ?? []))
            .Where(rule => rule.Action != defaultAction)
            .ToList();

        // A rule without arguments speaks for the whole call.
        if (telling.FindIndex(rule => rule.Args.Count == 0) is var whole and >= 0)
        {
            return [Bpf.Return(telling[whole].Action)];
        }

        return [.. telling.SelectMany(rule => Rule(name, rule.Args, rule.Action, convention)), Bpf.Return(defaultAction)];
    }

    private static IEnumerable<BpfInstruction> Rule(string name, IReadOnlyList<SeccompArgument> arguments, uint action, SeccompArchitecture convention)
    {
        var steps = arguments.SelectMany(argument => Comparison(argument, IsNarrow(name, argument.Index), convention)).ToList();
        return
        [
            .. steps.Select((step, at) => new BpfInstruction(step.Code, Distance(step.IfTrue, at), Distance(step.IfFalse, at), step.Operand)),
            Bpf.Return(action),
        ];

        byte Distance(int jump, int at) => (byte)(jump == Elsewhere ? steps.Count - at : jump);
    }

    private static Step[] Comparison(SeccompArgument argument, bool isNarrow, SeccompArchitecture convention)
    {
        if (argument.Index is < 0 or > LastArgument)
        {
            throw new BuilderException(LinuxErrors.SeccompProfile, $"the system call policy has a rule on argument {argument.Index}", "arguments are counted from 0 to 5");
        }

        var (low, high) = (new Step(Bpf.LoadWord, 0, 0, convention.LowWord(argument.Index)), new Step(Bpf.LoadWord, 0, 0, convention.HighWord(argument.Index)));
        var (lowValue, highValue) = ((uint)argument.Value, (uint)(argument.Value >> 32));
        Step[] WithHigh(params Step[] steps) => isNarrow ? [] : [high, .. steps];
        Step If(ushort code, uint operand, int ifTrue, int ifFalse) => new(code, ifTrue, ifFalse, operand);
        return argument.Op switch
        {
            "SCMP_CMP_EQ" => [.. WithHigh(If(Bpf.JumpEqual, highValue, 0, Elsewhere)), low, If(Bpf.JumpEqual, lowValue, 0, Elsewhere)],
            "SCMP_CMP_NE" => [.. WithHigh(If(Bpf.JumpEqual, highValue, 0, 2)), low, If(Bpf.JumpEqual, lowValue, Elsewhere, 0)],
            "SCMP_CMP_GT" => [.. WithHigh(If(Bpf.JumpGreater, highValue, 3, 0), If(Bpf.JumpEqual, highValue, 0, Elsewhere)), low, If(Bpf.JumpGreater, lowValue, 0, Elsewhere)],
            "SCMP_CMP_GE" => [.. WithHigh(If(Bpf.JumpGreater, highValue, 3, 0), If(Bpf.JumpEqual, highValue, 0, Elsewhere)), low, If(Bpf.JumpGreaterOrEqual, lowValue, 0, Elsewhere)],
            "SCMP_CMP_LT" => [.. WithHigh(If(Bpf.JumpGreater, highValue, Elsewhere, 0), If(Bpf.JumpEqual, highValue, 0, 2)), low, If(Bpf.JumpGreaterOrEqual, lowValue, Elsewhere, 0)],
            "SCMP_CMP_LE" => [.. WithHigh(If(Bpf.JumpGreater, highValue, Elsewhere, 0), If(Bpf.JumpEqual, highValue, 0, 2)), low, If(Bpf.JumpGreater, lowValue, Elsewhere, 0)],
            "SCMP_CMP_MASKED_EQ" =>
            [
                .. WithHigh(If(Bpf.AndConstant, highValue, 0, 0), If(Bpf.JumpEqual, (uint)(argument.ValueTwo >> 32), 0, Elsewhere)),
                low,
                If(Bpf.AndConstant, lowValue, 0, 0),
                If(Bpf.JumpEqual, (uint)argument.ValueTwo, 0, Elsewhere),
            ],
            var other => throw new BuilderException(
                LinuxErrors.SeccompProfile, $"the system call policy compares with '{other}'", "it is SCMP_CMP_EQ, NE, LT, LE, GE, GT or MASKED_EQ"),
        };
    }

    private static bool IsNarrow(string name, int argument) => NarrowArguments.TryGetValue(name, out var narrow) && narrow.Contains(argument);

    private readonly record struct Step(ushort Code, int IfTrue, int IfFalse, uint Operand);
}
