using Builder.Diagnostics;

namespace Builder.Oci.Tests;

public sealed class PlatformTests
{
    [Theory] // P3
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64")]
    [InlineData("linux/arm", "linux/arm/v7")]
    [InlineData("linux/armel", "linux/arm/v6")]
    [InlineData("Linux/AMD64", "linux/amd64")]
    [InlineData("linux/amd64/v1", "linux/amd64")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3")]
    [InlineData("windows/amd64", "windows/amd64")]
    public void Aliases_become_the_normal_form(string text, string expected) =>
        Assert.Equal(expected, Platform.Parse(text).ToString());

    [Fact]
    public void A_bare_processor_is_of_the_hosts_system() => Assert.Equal(new Platform("arm64", "linux"), Platform.Parse("arm64"));

    [Fact]
    public void A_bare_system_is_on_the_hosts_processor() => Assert.Equal(Platform.Host, Platform.Parse("linux"));

    [Theory]
    [InlineData("")]
    [InlineData("a/b/c/d")]
    [InlineData("linux/")]
    [InlineData("bogus")]
    [InlineData("linux/am d64")]
    public void Nonsense_is_refused(string text) => Assert.Throws<BuilderException>(() => Platform.Parse(text));

    [Theory]
    [InlineData("linux/amd64", "linux/amd64", 0)]
    [InlineData("linux/amd64/v3", "linux/amd64", 2)]
    [InlineData("linux/amd64", "linux/386", 100)]
    [InlineData("linux/arm/v7", "linux/arm/v6", 1)]
    [InlineData("linux/arm64", "linux/arm/v7", 101)]
    public void Older_relatives_run_but_rank_lower(string wanted, string offered, int rank) =>
        Assert.Equal(rank, Platform.Parse(wanted).Rank(Platform.Parse(offered)));

    [Theory]
    [InlineData("linux/amd64", "linux/arm64")]
    [InlineData("linux/amd64", "windows/amd64")]
    [InlineData("linux/amd64", "linux/amd64/v2")]
    [InlineData("linux/arm/v6", "linux/arm/v7")]
    public void What_cannot_run_has_no_rank(string wanted, string offered) =>
        Assert.Null(Platform.Parse(wanted).Rank(Platform.Parse(offered)));
}
