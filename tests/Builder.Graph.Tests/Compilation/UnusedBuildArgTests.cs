using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

public sealed class UnusedBuildArgTests : CompilerTest
{
    [Theory]
    [InlineData("FROM scratch\nARG VERSION\n", "VERSION", null)]
    [InlineData("ARG VERSION\nFROM scratch\n", "VERSION", null)]
    [InlineData("FROM scratch AS other\nARG VERSION\nFROM scratch\n", "VERSION", null)] // another target takes it
    [InlineData("FROM scratch\n", "http_proxy", null)]
    [InlineData("FROM scratch\n", "NO_PROXY", null)]
    [InlineData("FROM scratch\n", "SOURCE_DATE_EPOCH", null)]
    [InlineData("FROM scratch\n", "BUILDKIT_SANDBOX_HOSTNAME", null)]
    [InlineData("FROM scratch\nENV VERSION=1\n", "VERSION", "build argument 'VERSION' was not consumed: no ARG declares it")]
    [InlineData("FROM scratch\nARG VERSION\n", "VERISON", "build argument 'VERISON' was not consumed: no ARG declares it (did you mean VERSION?)")]
    public async Task What_nothing_takes_is_told(string text, string given, string? warning)
    {
        var plan = await CompileAsync(text, WithArgs((given, "1")));

        Assert.Equal(warning is null ? [] : [warning], plan.Warnings.Where(found => found.Rule == "UnusedBuildArg").Select(found => found.Message));
        Assert.Null(plan.CheckFailure);
    }

    [Fact]
    public async Task The_trigger_of_a_base_takes_it()
    {
        Resolver.With("triggers", new ExecutionConfig { OnBuild = ["ARG VERSION"] });

        Assert.Empty((await CompileAsync("FROM triggers\n", WithArgs(("VERSION", "1")))).Warnings);
    }

    [Fact]
    public async Task It_is_no_check_that_fails_a_build()
    {
        var plan = await CompileAsync("# check=error=true\nFROM scratch\n", WithArgs(("OTHER", "1")));

        Assert.Single(plan.Warnings);
        Assert.Null(plan.CheckFailure);
    }
}
