using System.Reflection;
using Builder.Linux.Isolation.Seccomp;
using Builder.Linux.Script;

namespace Builder.Linux.Tests.Script;

public sealed class SyscallNumbersTests
{
    /// <summary>The filter's table comes from another source than the two tables of scripts, so a slip in one shows.</summary>
    [Theory]
    [InlineData("X64", "x86_64")]
    [InlineData("Generic", "aarch64")]
    [InlineData("Generic", "riscv64")]
    public void The_numbers_of_scripts_agree_with_those_of_the_filter(string method, string column)
    {
        var numberOf = typeof(SyscallScript).Assembly.GetType("Builder.Linux.Native.SyscallNumbers")!.GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        var known = SyscallRule.All.ToDictionary(rule => rule.Name.Replace("_", "", StringComparison.Ordinal), rule => rule);

        foreach (var call in Enum.GetValues<SystemCall>())
        {
            var name = call.ToString().ToLowerInvariant() switch { "prlimit" => "prlimit64", var same => same };
            Assert.Equal((call, (int)known[name].Numbers[column]), (call, (int)numberOf.Invoke(null, [call])!));
        }
    }
}
