using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;

namespace Builder.Linux.Tests.Isolation;

public sealed class SeccompProgramTests
{
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint KillProcess = 0x80000000;
    private const ulong HighBit = 1UL << 32;

    private static readonly IReadOnlyList<SeccompArchitecture> Machines = SeccompArchitecture.Machines;

    private static readonly string[] LooksAtArguments = ["socket", "personality", "clone", "clone3"];

    public static TheoryData<string, string> MachinesAndConventions() =>
        new(Machines.SelectMany(machine => machine.Foreign.Prepend(machine).Select(convention => (machine.Column, convention.Column))));

    [Theory]
    [MemberData(nameof(MachinesAndConventions))]
    public void Every_number_gets_the_answer_of_the_table(string machineColumn, string conventionColumn)
    {
        var machine = Machines.Single(each => each.Column == machineColumn);
        var convention = machine.Foreign.Append(machine).Single(each => each.Column == conventionColumn);
        var program = SeccompProgram.Compile(machine, CapabilitySet.Default);
        var byNumber = SyscallRule.All.Where(rule => rule.Numbers.ContainsKey(conventionColumn)).ToDictionary(rule => rule.Numbers[conventionColumn]);
        var newest = byNumber.Keys.Where(number => number < 0x10000).Max();

        for (uint number = 0; number < 2000; number++)
        {
            var expected = !byNumber.TryGetValue(number, out var rule) ? (number <= newest ? NotPermitted : NoSuchCall)
                : LooksAtArguments.Contains(rule.Name) ? (uint?)null
                : IsAllowedByDocker(rule.Condition, machine.PolicyName) ? Allow : NotPermitted;
            if (expected is not null)
            {
                Assert.True(expected == BpfInterpreter.Run(program, convention.AuditArchitecture, number), $"{conventionColumn} {number} {rule?.Name}");
            }
        }
    }

    [Fact]
    public void The_rules_that_other_runtimes_get_answer_as_the_filter_does()
    {
        var machine = SeccompArchitecture.X64;
        var own = SeccompProgram.Compile(machine, CapabilitySet.Default);
        var theirs = new SeccompProfileCompiler(SeccompDefaultRules.For(machine, CapabilitySet.Default), machine, CapabilitySet.Default, new Version(6, 1)).Compile();
        void Same(string name, ulong argument)
        {
            var number = SyscallRule.All.Single(rule => rule.Name == name).Numbers[machine.Column];

            // How a call is refused that is newer than all that is allowed is another matter.
            var (mine, other) = (BpfInterpreter.Run(own, machine.AuditArchitecture, number, argument), BpfInterpreter.Run(theirs, machine.AuditArchitecture, number, argument));
            Assert.True(mine == other || (mine == NotPermitted && other == NoSuchCall), $"{name} {argument:x}: {mine:x} {other:x}");
        }

        Assert.All(SyscallRule.All.Where(rule => rule.Numbers.ContainsKey(machine.Column)), rule => Same(rule.Name, 0));
        Assert.All(Enumerable.Range(0, 46).SelectMany(family => new[] { (ulong)family, HighBit | (uint)family }), family => Same("socket", family));
        Assert.All<ulong>([0UL, 1, 8, 0x20000, 0x20008, 0xFFFF_FFFF, 0x40000, HighBit | 0x40000, HighBit | 8], value => Same("personality", value));
        Assert.All<ulong>([0x11UL, 0x3d0f00, 0x4111, 0x1000_0011, 0x2000_0000, 0x4000_0011, HighBit | 0x0200_0000], flags => Same("clone", flags));
    }

    [Theory]
    [MemberData(nameof(MachinesAndConventions))]
    public void Arguments_decide_where_the_number_does_not(string machineColumn, string conventionColumn)
    {
        var machine = Machines.Single(each => each.Column == machineColumn);
        var convention = machine.Foreign.Append(machine).Single(each => each.Column == conventionColumn);
        var program = SeccompProgram.Compile(machine, CapabilitySet.Default);
        uint Run(string name, ulong argument) => BpfInterpreter.Run(program, convention.AuditArchitecture, SyscallRule.All.Single(rule => rule.Name == name).Numbers[conventionColumn], argument);

        Assert.All<ulong>([0UL, 1, 2, 10, 16, 17, 37, 39, 41, 45], family => Assert.Equal(Allow, Run("socket", family)));
        Assert.All<ulong>([38UL, 40, HighBit | 38, HighBit | 40, 0xFFFF_FFFF_0000_0026], family => Assert.Equal(NotPermitted, Run("socket", family)));
        Assert.All<ulong>([0UL, 8, 0x20000, 0x20008, 0xFFFF_FFFF], value => Assert.Equal(Allow, Run("personality", value)));
        Assert.All<ulong>([1UL, 0x40000, 0x0400000, HighBit | 0x40000], value => Assert.Equal(NotPermitted, Run("personality", value)));
        uint Clone(ulong flags) => BpfInterpreter.Run(
            program,
            convention.AuditArchitecture,
            SyscallRule.All.Single(rule => rule.Name == "clone").Numbers[conventionColumn],
            conventionColumn == "s390x" ? [0x7fff_0000_0000UL, flags] : [flags]);
        Assert.All<ulong>([0x11UL, 0x3d0f00, 0x4111], flags => Assert.Equal(Allow, Clone(flags)));
        foreach (var kind in new[] { Namespaces.Mount, Namespaces.Cgroup, Namespaces.Uts, Namespaces.Ipc, Namespaces.User, Namespaces.Pid, Namespaces.Network })
        {
            Assert.Equal(NotPermitted, Clone((uint)kind | 17));
            Assert.Equal(NotPermitted, Clone(HighBit | (uint)kind));
        }

        Assert.Equal(NoSuchCall, Run("clone3", 0));
    }

    [Fact]
    public void A_capability_opens_its_calls()
    {
        var admin = SeccompProgram.Compile(SeccompArchitecture.X64, CapabilitySet.Default | CapabilitySet.FromName("SYS_ADMIN")!.Value);
        var arch = SeccompArchitecture.X64.AuditArchitecture;
        const uint Mount = 165, Clone = 56, Clone3 = 435, AddKey = 248;

        Assert.Equal(Allow, BpfInterpreter.Run(admin, arch, Mount));
        Assert.Equal(Allow, BpfInterpreter.Run(admin, arch, Clone, (uint)Namespaces.User));
        Assert.Equal(Allow, BpfInterpreter.Run(admin, arch, Clone3));
        Assert.Equal(NotPermitted, BpfInterpreter.Run(admin, arch, AddKey));
    }

    [Fact]
    public void The_x32_convention_does_not_exist()
    {
        var program = SeccompProgram.Compile(SeccompArchitecture.X64, CapabilitySet.Default);

        Assert.All<uint>([0u, 1, 39, 511, 0x3FFF_FFFF], number =>
            Assert.Equal(NoSuchCall, BpfInterpreter.Run(program, SeccompArchitecture.X64.AuditArchitecture, 0x4000_0000 | number)));
    }

    [Fact]
    public void An_unknown_architecture_ends_the_process()
    {
        foreach (var machine in Machines)
        {
            Assert.Equal(KillProcess, BpfInterpreter.Run(SeccompProgram.Compile(machine, CapabilitySet.Default), 0x1234_5678, 0));
        }
    }

    [Fact]
    public void A_program_is_within_the_kernels_limit_and_its_search_is_short()
    {
        foreach (var machine in Machines)
        {
            Assert.InRange(SeccompProgram.Compile(machine, CapabilitySet.Default).Length, 50, 600);
        }
    }

    [Theory]
    [InlineData("getpid", true)]
    [InlineData("ptrace", true)]
    [InlineData("arch_prctl", true)]
    [InlineData("chroot", true)]
    [InlineData("mount", false)]
    [InlineData("unshare", false)]
    [InlineData("keyctl", false)]
    [InlineData("io_uring_setup", false)]
    [InlineData("bpf", false)]
    [InlineData("userfaultfd", false)]
    [InlineData("kexec_load", false)]
    [InlineData("open_by_handle_at", false)]
    public void Well_known_calls_are_where_they_belong(string name, bool allowed)
    {
        var program = SeccompProgram.Compile(SeccompArchitecture.X64, CapabilitySet.Default);
        var number = SyscallRule.All.Single(rule => rule.Name == name).Numbers["x86_64"];

        Assert.Equal(allowed ? Allow : NotPermitted, BpfInterpreter.Run(program, SeccompArchitecture.X64.AuditArchitecture, number));
    }

    /// <summary>The default profile for a container with the fourteen capabilities, said once more without the compiler's help.</summary>
    private static bool IsAllowedByDocker(string condition, string machine) =>
        condition is "allow" or "CAP_SYS_CHROOT"
        || condition.StartsWith("kernel>=4.8", StringComparison.Ordinal)
        || condition.Split("; ").Any(part => part.StartsWith("arch:", StringComparison.Ordinal) && part[5..].Split(',').Contains(machine));
}
