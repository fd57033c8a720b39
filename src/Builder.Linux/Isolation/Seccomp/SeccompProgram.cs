using System.Collections.Concurrent;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>
/// Docker's default system call policy as a classic BPF program (seccomp(2)). Numbers above all known ones are ENOSYS, so that newer
/// programs fall back.
/// </summary>
public static class SeccompProgram
{
    /// <summary>Numbers from here on are private calls of 32-bit ARM, far from all others.</summary>
    private const uint ArmPrivate = 0x0F_0000;

    private static readonly ConcurrentDictionary<CapabilitySet, BpfInstruction[]> Compiled = [];

    /// <summary>The program for the machine this process runs on; compiled once for each set, since that takes as long as a launch.</summary>
    public static ReadOnlySpan<BpfInstruction> ForThisMachine(CapabilitySet granted) =>
        Compiled.GetOrAdd(granted, static set => Compile(SeccompArchitecture.Native, set));

    /// <param name="granted">The bounding set: some calls are allowed to those who hold a capability.</param>
    public static BpfInstruction[] Compile(SeccompArchitecture machine, CapabilitySet granted)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return SeccompAssembler.Assemble(
        [
            .. machine.Foreign.Prepend(machine).Select(convention => SeccompAssembler.Block(
                convention,
                Ranges(convention, machine, granted).Select(range => (range.First, Bpf.Answer(range.Answer, convention))))),
        ]);
    }

    /// <summary>Numbers with the same answer, as the first of each run, from zero up.</summary>
    private static IEnumerable<(uint First, SeccompAnswer Answer)> Ranges(SeccompArchitecture convention, SeccompArchitecture machine, CapabilitySet granted)
    {
        var answers = new SortedDictionary<uint, SeccompAnswer>();
        foreach (var rule in SyscallRule.All)
        {
            if (rule.Numbers.TryGetValue(convention.Column, out var number))
            {
                answers.Add(number, rule.Answer(machine, granted));
            }
        }

        var newest = answers.Keys.Where(number => number < ArmPrivate).Max();
        uint next = 0;
        SeccompAnswer? last = null;
        foreach (var (number, answer) in answers.Append(new(uint.MaxValue, SeccompAnswer.NoSuchCall)))
        {
            // A gap among the known numbers is a call that this table does not know.
            var gap = next <= newest ? SeccompAnswer.Deny : SeccompAnswer.NoSuchCall;
            if (next < number && gap != last)
            {
                yield return (next, gap);
                last = gap;
            }

            if (answer != last)
            {
                yield return (number, answer);
                last = answer;
            }

            next = number + 1;
        }
    }
}
