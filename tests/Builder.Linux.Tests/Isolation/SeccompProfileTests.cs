using System.Text;
using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Isolation.Seccomp;
using CsCheck;

namespace Builder.Linux.Tests.Isolation;

/// <summary>Profiles in Docker's and the OCI runtime's form; what is compiled is run by an interpreter of its own.</summary>
public sealed class SeccompProfileTests
{
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint KillProcess = 0x80000000;
    private static readonly Version Kernel = new(6, 1);

    [Fact]
    public void The_default_action_is_for_all_calls_that_no_rule_names_and_newer_ones_do_not_exist()
    {
        const uint Read = 0, Listen = 50, OpenAt2 = 437;
        const string Json = """{ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 99, "syscalls": [{ "names": ["read", "openat2", "no_such_call"], "action": "SCMP_ACT_ALLOW" }] }""";

        Assert.Equal([Allow, Allow, 0x0005_0063u, NoSuchCall, NoSuchCall], new[] { BpfAt(Json, Read), BpfAt(Json, OpenAt2), BpfAt(Json, Listen), BpfAt(Json, OpenAt2 + 1), BpfAt(Json, 100_000) });
    }

    [Theory]
    [InlineData("SCMP_ACT_ALLOW", Allow)]
    [InlineData("SCMP_ACT_LOG", 0x7ffc0000)]
    [InlineData("SCMP_ACT_KILL", 0)]
    [InlineData("SCMP_ACT_KILL_THREAD", 0)]
    [InlineData("SCMP_ACT_KILL_PROCESS", KillProcess)]
    [InlineData("SCMP_ACT_TRAP", 0x00030000)]
    [InlineData("SCMP_ACT_ERRNO", 0x0005_000D)]
    [InlineData("SCMP_ACT_TRACE", 0x7ff0_000D)]
    public void Every_action_is_the_kernels(string action, uint expected)
    {
        var run = Compiled($$"""{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ "names": ["read"], "action": "{{action}}", "errnoRet": 13 }] }""");

        Assert.Equal(expected, run("read", []));
    }

    /// <summary>Each comparison against plain arithmetic, over the values where words and signs turn.</summary>
    [Theory]
    [InlineData("SCMP_CMP_EQ")]
    [InlineData("SCMP_CMP_NE")]
    [InlineData("SCMP_CMP_LT")]
    [InlineData("SCMP_CMP_LE")]
    [InlineData("SCMP_CMP_GT")]
    [InlineData("SCMP_CMP_GE")]
    [InlineData("SCMP_CMP_MASKED_EQ")]
    public void A_comparison_holds_when_arithmetic_says_so_on_every_byte_order(string op)
    {
        var interesting = Gen.OneOf(Gen.ULong, Gen.Const(0UL), Gen.Const(1UL), Gen.Const(0xFFFF_FFFFUL), Gen.Const(0x1_0000_0000UL), Gen.Const(0x1_0000_0001UL), Gen.Const(ulong.MaxValue));
        Gen.Select(interesting, interesting, interesting).Sample(
            (value, two, argument) =>
            {
                var json = $$"""{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ "names": ["lseek"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 1, "value": {{value}}, "valueTwo": {{two}}, "op": "{{op}}" }] }] }""";
                var expected = op switch
                {
                    "SCMP_CMP_EQ" => argument == value,
                    "SCMP_CMP_NE" => argument != value,
                    "SCMP_CMP_LT" => argument < value,
                    "SCMP_CMP_LE" => argument <= value,
                    "SCMP_CMP_GT" => argument > value,
                    "SCMP_CMP_GE" => argument >= value,
                    _ => (argument & value) == two,
                };
                foreach (var machine in new[] { SeccompArchitecture.X64, SeccompArchitecture.S390X })
                {
                    Assert.Equal(expected ? Allow : NotPermitted, Compiled(json, machine)("lseek", [0, argument]));
                }
            },
            iter: 300);
    }

    [Fact]
    public void Arguments_of_one_rule_are_a_conjunction_and_rules_of_one_call_a_choice()
    {
        var run = Compiled("""
            { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              { "names": ["lseek"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 3, "op": "SCMP_CMP_EQ" }, { "index": 1, "value": 10, "op": "SCMP_CMP_GE" }, { "index": 1, "value": 20, "op": "SCMP_CMP_LT" }] },
              { "names": ["lseek"], "action": "SCMP_ACT_ERRNO", "errnoRet": 5, "args": [{ "index": 0, "value": 7, "op": "SCMP_CMP_EQ" }] } ] }
            """);

        Assert.Equal([Allow, NotPermitted, NotPermitted, 0x0005_0005u], new[] { run("lseek", [3, 10]), run("lseek", [3, 20]), run("lseek", [4, 10]), run("lseek", [7, 0]) });
    }

    [Fact]
    public void A_rule_without_arguments_speaks_for_the_whole_call()
    {
        var run = Compiled("""
            { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              { "names": ["lseek"], "action": "SCMP_ACT_KILL", "args": [{ "index": 0, "value": 3, "op": "SCMP_CMP_EQ" }] },
              { "names": ["lseek"], "action": "SCMP_ACT_ALLOW" } ] }
            """);

        Assert.Equal(Allow, run("lseek", [3]));
    }

    /// <summary>Docker's own rules on families and personalities, in a profile: a 64-bit comparison would let the kernel see another value than the filter.</summary>
    [Fact]
    public void High_words_do_not_slip_past_rules_on_numbers_that_the_kernel_reads_as_32_bits()
    {
        const ulong HighBit = 1UL << 32;
        var run = Compiled("""
            { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 38, "op": "SCMP_CMP_LT" }] },
              { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 39, "op": "SCMP_CMP_EQ" }] },
              { "names": ["socket"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 40, "op": "SCMP_CMP_GT" }] },
              { "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 8, "op": "SCMP_CMP_EQ" }] } ] }
            """);

        Assert.All<ulong>([2, 37, 39, 41, 45], family => Assert.Equal(Allow, run("socket", [family])));
        Assert.All<ulong>([38, 40, HighBit | 38, HighBit | 40, ulong.MaxValue << 32 | 38], family => Assert.Equal(NotPermitted, run("socket", [family])));
        Assert.All<ulong>([0x40000, HighBit | 0x40000], value => Assert.Equal(NotPermitted, run("personality", [value])));
        Assert.Equal(Allow, run("personality", [8]));
    }

    [Fact]
    public void Conditions_look_at_capabilities_architecture_and_kernel()
    {
        const string Json = """
            { "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
              { "names": ["mount"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_SYS_ADMIN"] } },
              { "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38, "excludes": { "caps": ["CAP_SYS_ADMIN"] } },
              { "names": ["arch_prctl"], "action": "SCMP_ACT_ALLOW", "includes": { "arches": ["amd64", "x32"] } },
              { "names": ["read"], "action": "SCMP_ACT_ALLOW", "excludes": { "arches": ["amd64"] } },
              { "names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "4.8" } },
              { "names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": { "minKernel": "9.0" } },
              { "names": ["write"], "action": "SCMP_ACT_ALLOW", "includes": { "caps": ["CAP_OF_TOMORROW"] } } ] }
            """;
        var plain = Compiled(Json);
        var admin = Compiled(Json, granted: CapabilitySet.FromName("SYS_ADMIN")!.Value);

        Assert.Equal((NotPermitted, Allow), (plain("mount", []), admin("mount", [])));
        Assert.Equal((NoSuchCall, NotPermitted), (plain("clone3", []), admin("personality", [0])));
        Assert.Equal([Allow, NotPermitted, Allow, NotPermitted, NotPermitted], new[] { plain("arch_prctl", []), plain("read", []), plain("ptrace", []), plain("bpf", []), plain("write", []) });
    }

    [Fact]
    public void Foreign_conventions_are_those_that_the_profile_names()
    {
        const string Docker = """
            { "defaultAction": "SCMP_ACT_ERRNO", "archMap": [{ "architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] }, { "architecture": "SCMP_ARCH_AARCH64", "subArchitectures": ["SCMP_ARCH_ARM"] }],
              "syscalls": [{ "names": ["execve"], "action": "SCMP_ACT_ALLOW" }] }
            """;
        var program = Program(Docker, SeccompArchitecture.X64);
        uint Run(SeccompArchitecture convention, uint number) => BpfInterpreter.Run(program, convention.AuditArchitecture, number);

        Assert.Equal([Allow, Allow, Allow], new[] { Run(SeccompArchitecture.X64, 59), Run(SeccompArchitecture.I386, 11), Run(SeccompArchitecture.X64, 0x4000_0000 | 520) });
        Assert.Equal([NotPermitted, NotPermitted], new[] { Run(SeccompArchitecture.X64, 11), Run(SeccompArchitecture.X64, 0x4000_0000 | 59) });
        Assert.Equal(KillProcess, Run(SeccompArchitecture.Arm, 11));

        var runtime = Program("""{ "defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [{ "name": "execve", "action": "SCMP_ACT_ERRNO" }] }""", SeccompArchitecture.X64);
        Assert.Equal(NotPermitted, BpfInterpreter.Run(runtime, SeccompArchitecture.X64.AuditArchitecture, 59));
        Assert.Equal(Allow, BpfInterpreter.Run(runtime, SeccompArchitecture.X64.AuditArchitecture, 9999));
        Assert.Equal(KillProcess, BpfInterpreter.Run(runtime, SeccompArchitecture.I386.AuditArchitecture, 11));
        Assert.Equal(NoSuchCall, BpfInterpreter.Run(runtime, SeccompArchitecture.X64.AuditArchitecture, 0x4000_0000 | 520));
    }

    [Theory]
    [InlineData("not json", "is not a system call policy")]
    [InlineData("""{ "syscalls": [] }""", "is not a system call policy")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_NOTIFY" }""", "'SCMP_ACT_NOTIFY', which is not supported")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/run/x" }""", "listenerPath is not supported")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 6, "value": 0, "op": "SCMP_CMP_EQ" }] }] }""", "argument 6")]
    [InlineData("""{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{ "names": ["read"], "action": "SCMP_ACT_ERRNO", "args": [{ "index": 0, "value": 0, "op": "EQUALS" }] }] }""", "'EQUALS'")]
    public void A_profile_that_cannot_be_followed_is_refused(string json, string said)
    {
        var exception = Assert.Throws<BuilderException>(() => Compiled(json));

        Assert.Equal(LinuxErrors.SeccompProfile, exception.Code);
        Assert.Contains(said, exception.Message, StringComparison.Ordinal);
    }

    private static BpfInstruction[] Program(string json, SeccompArchitecture machine, CapabilitySet? granted = null) =>
        new SeccompProfileCompiler(SeccompProfile.Parse(Encoding.UTF8.GetBytes(json), "policy.json"), machine, granted ?? CapabilitySet.Default, Kernel).Compile();

    private static Func<string, ulong[], uint> Compiled(string json, SeccompArchitecture? machine = null, CapabilitySet? granted = null)
    {
        machine ??= SeccompArchitecture.X64;
        var program = Program(json, machine, granted);
        return (name, arguments) => BpfInterpreter.Run(program, machine.AuditArchitecture, SyscallRule.All.Single(rule => rule.Name == name).Numbers[machine.Column], arguments);
    }

    private static uint BpfAt(string json, uint number) => BpfInterpreter.Run(Program(json, SeccompArchitecture.X64), SeccompArchitecture.X64.AuditArchitecture, number);
}
