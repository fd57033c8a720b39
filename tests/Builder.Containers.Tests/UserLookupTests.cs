using System.Text;
using Builder.Diagnostics;

namespace Builder.Containers.Tests;

public sealed class UserLookupTests
{
    private const string Passwd = """
        root:x:0:0:root:/root:/bin/sh
        broken line
        bad:x:notanumber:1::/:/bin/sh
        app:x:1000:2000:App:/home/app:/bin/sh
        app:x:1:1::/second:/bin/sh
        1234:x:77:78::/digits:/bin/sh
        huge:x:4294967295:1::/:/bin/sh
        nohome:x:5:6
        """;

    private const string Group = """
        root:x:0:
        bin:x:1:root,app
        broken
        wheel:x:10:other,app
        app:x:2000:
        video:x:27:video,apple
        again:x:10:app
        """;

    [Theory] // R7
    [InlineData("", 0, 0, "1", "/root")]
    [InlineData("root", 0, 0, "1", "/root")]
    [InlineData("0", 0, 0, "1", "/root")]
    [InlineData("app", 1000, 2000, "1,10", "/home/app")]
    [InlineData("1000", 1000, 2000, "1,10", "/home/app")]
    [InlineData("4242", 4242, 0, "", "/")]
    [InlineData("app:wheel", 1000, 10, "", "/home/app")]
    [InlineData("app:50", 1000, 50, "", "/home/app")]
    [InlineData("4242:wheel", 4242, 10, "", "/")]
    [InlineData("1000:1000", 1000, 1000, "", "/home/app")]
    [InlineData(":50", 0, 50, "", "/root")]
    [InlineData("app:", 1000, 2000, "1,10", "/home/app")]
    [InlineData("1234", 77, 78, "", "/digits")]
    [InlineData("nohome", 5, 6, "", "/")]
    [InlineData("4294967294", 4294967294, 0, "", "/")]
    public void A_user_is_resolved_as_the_images_files_say(string text, uint uid, uint gid, string groups, string home)
    {
        var user = UserLookup.Resolve(text, Files);

        Assert.Equal((uid, gid, groups, home), (user.Uid, user.Gid, string.Join(',', user.Groups), user.Home));
    }

    [Theory]
    [InlineData("nosuch", "unable to find user nosuch: no matching entries in passwd file", null)]
    [InlineData("ap", "unable to find user ap: no matching entries in passwd file", "did you mean app?")]
    [InlineData("app:whel", "unable to find group whel: no matching entries in group file", "did you mean wheel?")]
    [InlineData("4294967295", "unable to find user 4294967295: no matching entries in passwd file", null)]
    [InlineData("-1", "unable to find user -1: no matching entries in passwd file", null)]
    public void An_unknown_name_is_an_error(string text, string message, string? hint)
    {
        var exception = Assert.Throws<BuilderException>(() => UserLookup.Resolve(text, Files));

        Assert.Equal((ContainersErrors.UnknownUser, message), (exception.Code, exception.Message));
        Assert.Equal(hint ?? "add the user in an earlier step, or give its number", exception.Hint);
    }

    [Theory]
    [InlineData("", 0, "/root")]
    [InlineData("7:8", 7, "/")]
    public void Numbers_need_no_files(string text, uint uid, string home)
    {
        var user = UserLookup.Resolve(text, _ => null);

        Assert.Equal((uid, home), (user.Uid, user.Home));
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        byte[] passwd = [0xff, 0xfe, (byte)'\n', .. "app:x:9:9::/h:"u8, 0x80];

        Assert.Equal(9u, UserLookup.Resolve("app", _ => passwd).Uid);
    }

    private static byte[]? Files(string path) => path switch
    {
        "/etc/passwd" => Encoding.UTF8.GetBytes(Passwd),
        "/etc/group" => Encoding.UTF8.GetBytes(Group),
        _ => null,
    };
}
