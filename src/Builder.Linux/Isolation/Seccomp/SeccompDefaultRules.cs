namespace Builder.Linux.Isolation.Seccomp;

/// <summary>The default policy as a profile, from the same table that Builder compiles its own filter from.</summary>
public static class SeccompDefaultRules
{
    private const string Allow = "SCMP_ACT_ALLOW";
    private const string Refuse = "SCMP_ACT_ERRNO";
    private const string MaskedEqual = "SCMP_CMP_MASKED_EQ";
    private const ulong LowWord = 0xffff_ffff;
    private const ulong NewNamespaces = 0x7e02_0000;
    private const uint NotPermitted = 1;
    private const uint NoSuchCall = 38;

    /// <summary>Those of socket(2), without AF_ALG and AF_VSOCK.</summary>
    private static readonly ulong[] Families = [.. Enumerable.Range(0, 46).Select(family => (ulong)family).Except([38ul, 40ul])];
    private static readonly ulong[] Personalities = [0, 8, 0x2_0000, 0x2_0008, 0xffff_ffff];

    /// <summary>
    /// Numbers that the kernel reads as 32 bits are compared by a mask of 32 bits, so that a high word slips nothing past a compiler that
    /// compares all 64.
    /// </summary>
    public static SeccompProfile For(SeccompArchitecture machine, CapabilitySet granted)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var names = SyscallRule.All.ToLookup(rule => rule.Answer(machine, granted), rule => rule.Name);
        return new SeccompProfile
        {
            DefaultAction = Refuse,
            DefaultErrnoRet = NotPermitted,
            Architectures = [machine.ScmpName, .. machine.Foreign.Select(foreign => foreign.ScmpName)],
            Syscalls =
            [
                .. Rules(names[SeccompAnswer.Allow], Allow),
                .. Families.SelectMany(family => Rules(names[SeccompAnswer.AllowHarmlessFamilies], Allow, new SeccompArgument(0, LowWord, family, MaskedEqual))),
                .. Personalities.SelectMany(value => Rules(names[SeccompAnswer.AllowHarmlessPersonalities], Allow, new SeccompArgument(0, LowWord, value, MaskedEqual))),
                .. Rules(names[SeccompAnswer.AllowWithoutNamespaces], Allow, new SeccompArgument(machine.CloneFlags, NewNamespaces, 0, MaskedEqual)),
                .. Rules(names[SeccompAnswer.NoSuchCall], Refuse).Select(rule => rule with { ErrnoRet = NoSuchCall }),
            ],
        };
    }

    private static IEnumerable<SeccompRule> Rules(IEnumerable<string> names, string action, params IReadOnlyList<SeccompArgument> arguments) =>
        names.Any() ? [new SeccompRule { Names = [.. names], Action = action, Args = arguments }] : [];
}
