using System.Globalization;
using Builder.Diagnostics;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>Compiles a profile for one machine.</summary>
/// <param name="granted">The bounding set, which conditions on capabilities look at.</param>
/// <param name="kernel">The version of the running kernel.</param>
public sealed class SeccompProfileCompiler(SeccompProfile profile, SeccompArchitecture machine, CapabilitySet granted, Version kernel)
{
    /// <summary>Numbers from here on are private calls of 32-bit ARM, far from all others.</summary>
    private const uint ArmPrivate = 0x0F_0000;

    private readonly uint defaultAction = SeccompActions.Parse(profile.DefaultAction, profile.DefaultErrnoRet);
    private readonly List<SeccompRule> rules = [.. (profile.Syscalls ?? []).Where(rule => Counts(rule, machine, granted, kernel))];

    /// <exception cref="BuilderException"><see cref="LinuxErrors.SeccompProfile"/>.</exception>
    public BpfInstruction[] Compile() => SeccompAssembler.Assemble([.. Conventions().Select(convention => SeccompAssembler.Block(convention, Ranges(convention)))]);

    /// <summary>The rules that count on this machine, without the conditions that made them count.</summary>
    public SeccompProfile Resolve() => profile with
    {
        ArchMap = null,
        Architectures = [.. Conventions().Select(convention => convention.ScmpName)],
        Syscalls = [.. rules.Select(rule => rule with { Name = null, Names = [.. rule.AllNames], Includes = null, Excludes = null })],
    };

    private IEnumerable<SeccompArchitecture> Conventions()
    {
        var wanted = profile.ArchMap is { } map
            ? map.Where(each => each.Architecture == machine.ScmpName).SelectMany(each => each.SubArchitectures ?? [])
            : profile.Architectures ?? [];

        // The machine's own is always in: without it nothing would run.
        return machine.Conventions.Where(convention => convention == machine || wanted.Contains(convention.ScmpName));
    }

    private IEnumerable<(uint First, BpfInstruction[] Answer)> Ranges(SeccompArchitecture convention)
    {
        var byName = rules.SelectMany(rule => rule.AllNames.Select(name => (name, rule))).ToLookup(pair => pair.name, pair => pair.rule, StringComparer.Ordinal);
        var answers = new SortedDictionary<uint, BpfInstruction[]>();
        foreach (var call in SyscallRule.All)
        {
            if (call.Numbers.TryGetValue(convention.Column, out var number) && byName.Contains(call.Name))
            {
                answers[Seen(number, convention)] = SeccompRuleCompiler.Answer(call.Name, byName[call.Name], convention, defaultAction);
            }
        }

        BpfInstruction[] otherwise = [Bpf.Return(defaultAction)];
        var newest = answers.Keys.Where(number => convention == SeccompArchitecture.X32 || number < ArmPrivate).DefaultIfEmpty(0u).Max();
        var isStrict = defaultAction is not (Bpf.Allow or SeccompActions.Log);

        // A call that is newer than the profile does not exist, so that libraries fall back instead of failing.
        BpfInstruction[] beyond = isStrict && answers.Count > 0 ? [Bpf.Return(Bpf.NoSuchCall)] : otherwise;
        uint next = 0;
        foreach (var (number, answer) in answers)
        {
            if (next < number)
            {
                yield return (next, next <= newest ? otherwise : beyond);
            }

            yield return (number, answer);
            next = number + 1;
        }

        yield return (next, beyond);
    }

    private static uint Seen(uint number, SeccompArchitecture convention) =>
        convention == SeccompArchitecture.X32 ? number | SeccompArchitecture.X32Bit : number;

    private static bool Counts(SeccompRule rule, SeccompArchitecture machine, CapabilitySet granted, Version kernel) =>
        (rule.Includes is not { } includes
            || (includes.Caps ?? []).All(name => granted.Contains(Capability(name)))
            && (includes.Arches is not { Count: > 0 } arches || arches.Contains(machine.PolicyName))
            && (includes.MinKernel is not { Length: > 0 } least || kernel >= KernelVersion(least)))
        && (rule.Excludes is not { } excludes
            || !(excludes.Caps ?? []).Any(name => granted.Contains(Capability(name)))
            && !(excludes.Arches ?? []).Contains(machine.PolicyName)
            && !(excludes.MinKernel is { Length: > 0 } from && kernel >= KernelVersion(from)));

    /// <summary>A capability that nobody here knows is one that nobody here holds.</summary>
    private static CapabilitySet Capability(string name) => CapabilitySet.FromName(name) ?? new CapabilitySet(1UL << 63);

    /// <summary>The two numbers in front of <c>6.18.44-cloud</c>.</summary>
    public static Version KernelVersion(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split('.', '-', '+') is [var major, var minor, ..]
            && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? new Version(first, second)
            : throw new BuilderException(LinuxErrors.SeccompProfile, $"'{text}' is not the version of a kernel", "it is two numbers with a dot between them");
    }
}
