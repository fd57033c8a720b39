using System.Collections.Concurrent;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>
/// Docker's default system call policy as a classic BPF program (seccomp(2)): the architecture is looked at first,
/// then the number is searched in a tree of ranges. Numbers above all known ones are ENOSYS, so that newer programs
/// fall back; an unknown architecture ends the process.
/// </summary>
public static class SeccompProgram
{
    private const uint Number = 0;
    private const uint Architecture = 4;
    private const uint X32Bit = 0x4000_0000;

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
        var program = new List<BpfInstruction> { Bpf.Load(Architecture) };
        foreach (var convention in (SeccompArchitecture[])[machine, .. machine.Foreign])
        {
            var block = Block(convention, machine, granted);
            program.Add(Bpf.JumpIfEqual(convention.AuditArchitecture, 1, 0));
            program.Add(Bpf.Jump(block.Count));
            program.AddRange(block);
        }

        program.Add(Bpf.Return(Bpf.KillProcess));
        return [.. program];
    }

    private static List<BpfInstruction> Block(SeccompArchitecture convention, SeccompArchitecture machine, CapabilitySet granted)
    {
        var block = new List<BpfInstruction> { Bpf.Load(Number) };
        if (convention == SeccompArchitecture.X64)
        {
            // x32 has the same architecture word; its numbers would slip past the tree.
            block.Add(Bpf.JumpIfAtLeast(X32Bit, 0, 1));
            block.Add(Bpf.Return(Bpf.NoSuchCall));
        }

        block.AddRange(Search([.. Ranges(convention, machine, granted)]));
        return block;
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

    /// <summary>A binary search for the range that holds the number in the accumulator.</summary>
    private static List<BpfInstruction> Search(ReadOnlySpan<(uint First, SeccompAnswer Answer)> ranges)
    {
        if (ranges.Length == 1)
        {
            return Bpf.Answer(ranges[0].Answer);
        }

        var middle = ranges.Length / 2;
        var (below, above) = (Search(ranges[..middle]), Search(ranges[middle..]));
        return below.Count <= byte.MaxValue
            ? [Bpf.JumpIfAtLeast(ranges[middle].First, below.Count, 0), .. below, .. above]
            : [Bpf.JumpIfAtLeast(ranges[middle].First, 0, 1), Bpf.Jump(below.Count), .. below, .. above];
    }
}
