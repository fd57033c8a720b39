using Builder.Cli.Containers;
using Builder.Diagnostics;

namespace Builder.Cli.Tests.Containers;

/// <summary>Where our options end and a container's command begins.</summary>
public sealed class PassthroughTests
{
    [Theory]
    [InlineData("run app ls -l", "run -- app ls -l")]
    [InlineData("run --rm -it app sh -c x", "run --rm -i -t -- app sh -c x")]
    [InlineData("run -itd --name n app", "run -i -t -d --name n -- app")]
    [InlineData("run -eA=1 -e B=2 app -e C", "run -e A=1 -e B=2 -- app -e C")]
    [InlineData("run --env=A=1 --user u app --user", "run --env=A=1 --user u -- app --user")]
    [InlineData("run --rm -- app -x", "run --rm -- app -x")]
    [InlineData("exec -itu ann c ls -a", "exec -i -t -u ann -- c ls -a")]
    [InlineData("run -Q app", "run -Q -- app")]
    [InlineData("images -a", "images -a")]
    [InlineData("--fsync=never run app -x", "--fsync=never run -- app -x")]
    public void A_line_is_parted_where_the_image_is(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', Passthrough.Complete(CommandLine.CreateRoot(), line.Split(' '))));

    [Fact]
    public void Keys_that_detach_are_found_also_when_they_come_one_by_one()
    {
        var keys = new DetachKeys(DetachKeys.Default);
        Assert.False(keys.Find("ab\u0010"u8, out var typed));
        Assert.Equal("ab"u8.ToArray(), typed);
        Assert.True(keys.Find("\u0011rest"u8, out typed));
        Assert.Empty(typed);
        Assert.False(keys.Find("\u0010x"u8, out typed));
        Assert.Equal("\u0010x"u8.ToArray(), typed);
        Assert.False(keys.Find("\u0010\u0010"u8, out typed));
        Assert.Equal("\u0010"u8.ToArray(), typed);
        Assert.True(keys.Find("\u0011"u8, out _));
        Assert.Throws<BuilderException>(() => new DetachKeys("nonsense"));
        Assert.False(new DetachKeys("").Find("\u0010\u0011"u8, out _));
    }
}
