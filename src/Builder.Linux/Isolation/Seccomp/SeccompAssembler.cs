namespace Builder.Linux.Isolation.Seccomp;

/// <summary>What one convention's numbers are answered with: the first number of each run, from zero up, and the instructions that answer.</summary>
internal sealed record SeccompBlock(SeccompArchitecture Convention, IReadOnlyList<(uint First, BpfInstruction[] Answer)> Ranges);

/// <summary>
/// Puts a program together: the architecture is looked at first, then the number is searched in a tree of ranges. An unknown
/// architecture ends the process.
/// </summary>
internal static class SeccompAssembler
{
    /// <summary>The kernel takes no longer program.</summary>
    private const int LongestProgram = 4096;

    private const uint Number = 0;
    private const uint Architecture = 4;

    public static BpfInstruction[] Assemble(IReadOnlyList<SeccompBlock> blocks)
    {
        var program = new List<BpfInstruction> { Bpf.Load(Architecture) };
        var x32 = blocks.FirstOrDefault(block => block.Convention == SeccompArchitecture.X32);
        foreach (var block in blocks.Where(block => block != x32))
        {
            List<BpfInstruction> code = [Bpf.Load(Number), .. block.Convention == SeccompArchitecture.X64 ? BeforeX64(x32) : [], .. Search([.. block.Ranges])];
            program.Add(Bpf.JumpIfEqual(block.Convention.AuditArchitecture, 1, 0));
            program.Add(Bpf.Jump(code.Count));
            program.AddRange(code);
        }

        program.Add(Bpf.Return(Bpf.KillProcess));
        return program.Count <= LongestProgram
            ? [.. program]
            : throw new Diagnostics.BuilderException(LinuxErrors.SeccompProfile, $"the system call policy makes a program of {program.Count} instructions, and the kernel takes {LongestProgram}", "leave out architectures or rules on arguments");
    }

    /// <summary>Neighbours with the same answer become one range.</summary>
    public static SeccompBlock Block(SeccompArchitecture convention, IEnumerable<(uint First, BpfInstruction[] Answer)> ranges)
    {
        var merged = new List<(uint First, BpfInstruction[] Answer)>();
        foreach (var range in ranges)
        {
            if (merged.Count == 0 || !merged[^1].Answer.AsSpan().SequenceEqual(range.Answer))
            {
                merged.Add(range);
            }
        }

        return new SeccompBlock(convention, merged);
    }

    /// <summary>x32 has the same architecture word; without a say its numbers would slip past the tree.</summary>
    private static List<BpfInstruction> BeforeX64(SeccompBlock? x32)
    {
        var answer = x32 is null ? [Bpf.Return(Bpf.NoSuchCall)] : Search([.. x32.Ranges]);
        return [Bpf.JumpIfAtLeast(SeccompArchitecture.X32Bit, 1, 0), Bpf.Jump(answer.Count), .. answer];
    }

    /// <summary>A binary search for the range that holds the number in the accumulator.</summary>
    private static List<BpfInstruction> Search(ReadOnlySpan<(uint First, BpfInstruction[] Answer)> ranges)
    {
        if (ranges.Length == 1)
        {
            return [.. ranges[0].Answer];
        }

        var middle = ranges.Length / 2;
        var (below, above) = (Search(ranges[..middle]), Search(ranges[middle..]));
        return below.Count <= byte.MaxValue
            ? [Bpf.JumpIfAtLeast(ranges[middle].First, below.Count, 0), .. below, .. above]
            : [Bpf.JumpIfAtLeast(ranges[middle].First, 0, 1), Bpf.Jump(below.Count), .. below, .. above];
    }
}
