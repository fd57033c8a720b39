using Builder.Engine.Copying;
using Builder.Engine.Tests.Support;
using Builder.Linux.Files;
using Builder.Linux;
using Builder.Testing;

namespace Builder.Engine.Tests.Copying;

public class LinkResolverTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("usr/bin/x", "usr/bin/x")]
    [InlineData("bin/x", "usr/bin/x")]
    [InlineData("var/run/a/b", "run/a/b")]
    [InlineData("up", "")]
    [InlineData("up/x", "x")]
    [InlineData("new", "nowhere/yet")]
    [InlineData("new/x", "nowhere/yet/x")]
    [InlineData("chain", "usr/bin")]
    [InlineData("usr/../bin", "usr/bin")]
    [InlineData("./usr//bin/.", "usr/bin")]
    [InlineData("../../usr", "usr")]
    [InlineData("file/x", "file/x")]
    public void Links_are_followed_inside_the_root(string path, string expected)
    {
        using var scene = new Scene(
            "cd root; mkdir -p usr/bin var run; touch file; ln -s usr/bin bin; ln -s /run var/run; ln -s ../../.. up; ln -s /nowhere/yet new; ln -s chain2 chain; ln -s ./bin/ chain2; cd ..");
        using var root = RootDirectory.Open(scene.Root);
        Assert.Equal(expected, GuestPath.ToText(LinkResolver.Resolve(root, TarBuilder.Bytes(path))));
    }

    [Theory]
    [InlineData("self")]
    [InlineData("a/x")]
    public void Links_that_lead_round_and_round_end_as_in_the_kernel(string path)
    {
        using var scene = new Scene("ln -s self root/self; ln -s b root/a; ln -s a root/b");
        using var root = RootDirectory.Open(scene.Root);
        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => LinkResolver.Resolve(root, TarBuilder.Bytes(path))).Errno);
    }

    [Fact]
    public void As_many_links_as_the_kernel_follows_are_followed()
    {
        using var scene = new Scene("cd root; touch l0; i=0; while [ $i -lt 41 ]; do ln -s l$i l$((i+1)); i=$((i+1)); done; cd ..");
        using var root = RootDirectory.Open(scene.Root);
        Assert.Equal("l0", GuestPath.ToText(LinkResolver.Resolve(root, "l40"u8)));
        Assert.Throws<LinuxException>(() => LinkResolver.Resolve(root, "l41"u8));
    }
}
