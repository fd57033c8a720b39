using Builder.Diagnostics;
using Builder.Engine.Sources;
using Builder.Engine.Sources.Git;

namespace Builder.Engine.Tests.Sources;

/// <summary>What git may be told to talk to.</summary>
public sealed class GitRemoteTests
{
    [Theory]
    [InlineData("https://host/x.git")]
    [InlineData("http://host:80/x.git")]
    [InlineData("ssh://git@host/x")]
    [InlineData("git://host/x")]
    [InlineData("git@host:owner/x.git")]
    public void Four_protocols(string url) => Assert.Equal(url, GitRemote.Parse(url).Url);

    [Theory]
    [InlineData("ext::sh -c touch% /tmp/x")]
    [InlineData("file:///etc")]
    [InlineData("/etc")]
    [InlineData("../x")]
    [InlineData("--upload-pack=touch x")]
    [InlineData("-oProxyCommand=touch@host:x")]
    [InlineData("ssh://-oProxyCommand=touch/x")]
    [InlineData("ssh://git@-oProxyCommand=touch/x")]
    [InlineData("git@host:-x")]
    [InlineData("git@host::sh")]
    [InlineData("https://")]
    [InlineData("https://host/x\ny")]
    public void Nothing_else(string url) => Assert.Equal(SourceErrors.BadRepository, Assert.Throws<BuilderException>(() => GitRemote.Parse(url)).Code);

    [Fact]
    public void A_password_leaves_the_url()
    {
        var remote = GitRemote.Parse("https://ann:s%40cret@host/x.git");
        Assert.Equal("https://host/x.git", remote.Url);
        Assert.Equal(("https://host/", "Basic YW5uOnNAY3JldA=="), remote.Authorization(_ => null));
        Assert.Equal(("https://host/", "Bearer t"), remote.Authorization(id => id == "GIT_AUTH_HEADER.host" ? "Bearer t" : null));
        Assert.Equal(("https://host/", "Basic eC1hY2Nlc3MtdG9rZW46dA=="), remote.Authorization(id => id == "GIT_AUTH_TOKEN" ? "t" : null));
    }

    [Theory]
    [InlineData("https://host/a/b.git", "../c", "https://host/a/c")]
    [InlineData("https://host/a/b.git/", "../../c", "https://host/c")]
    [InlineData("https://host/a/b", "./c", "https://host/a/b/c")]
    [InlineData("git@host:a/b", "../c", "git@host:a/c")]
    [InlineData("git@host:b", "../c", "git@host:c")]
    [InlineData("https://host/a", "https://other/c", "https://other/c")]
    public void Submodules_may_lie_beside(string url, string submodule, string expected) => Assert.Equal(expected, GitRemote.Parse(url).Submodule(submodule).Url);

    [Theory]
    [InlineData("https://host/a", "../../../etc")]
    [InlineData("https://host/a", "file:///etc")]
    [InlineData("https://host/a", "/etc")]
    [InlineData("https://host/a", "ext::sh")]
    [InlineData("https://host/a", "-x")]
    public void And_nowhere_on_this_machine(string url, string submodule) =>
        Assert.Equal(SourceErrors.BadRepository, Assert.Throws<BuilderException>(() => GitRemote.Parse(url).Submodule(submodule)).Code);
}
