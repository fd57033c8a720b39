using System.Reflection;
using Builder.Dockerfile.Checks;
using Builder.MSBuild.Progress;
using Builder.Testing;

namespace Builder.MSBuild.Tests.Progress;

public class CheckCodesTests
{
    private static readonly string Errors = File.ReadAllText(Path.Combine(Checkout.Root, "spec/errors.md"));

    [Fact]
    public void Every_check_has_a_code_of_its_own()
    {
        Assert.Empty(CheckRules.All.Select(rule => rule.Name).Except(CheckCodes.Checks));
        Assert.Equal(CheckCodes.Checks.Count, CheckCodes.Checks.Select(CheckCodes.Of).Distinct().Count());
        Assert.Equal(CheckCodes.Other, CheckCodes.Of("NoSuchCheck"));
    }

    [Fact]
    public void Every_code_is_in_the_list_of_errors()
    {
        Assert.All(CheckCodes.Checks, check => Assert.Contains($"| {CheckCodes.Of(check)} | [{check}]", Errors, StringComparison.Ordinal));
        Assert.Contains($"| {CheckCodes.Other} |", Errors, StringComparison.Ordinal);
        var own = typeof(MSBuildErrors).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (field.Name, Code: (string)field.GetValue(null)!)).ToList();
        Assert.NotEmpty(own);
        Assert.Equal(own.Count, own.Select(error => error.Code).Distinct().Count());
        Assert.All(own, error => Assert.Contains($"| {error.Code} | {error.Name} |", Errors, StringComparison.Ordinal));
    }
}
