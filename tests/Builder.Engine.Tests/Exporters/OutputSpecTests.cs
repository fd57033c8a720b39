using Builder.Diagnostics;
using Builder.Engine.Exporters;

namespace Builder.Engine.Tests.Exporters;

public class OutputSpecTests
{
    [Theory]
    [InlineData("out", OutputKind.Local, "out")]
    [InlineData("-", OutputKind.Tar, "-")]
    [InlineData("type=local,dest=out", OutputKind.Local, "out")]
    [InlineData("type=tar,dest=x.tar", OutputKind.Tar, "x.tar")]
    [InlineData("type=tar", OutputKind.Tar, "-")]
    [InlineData("dest=x.tar,type=oci", OutputKind.Oci, "x.tar")]
    [InlineData("type=docker,dest=-", OutputKind.Docker, "-")]
    [InlineData(" type = docker , dest = a=b ", OutputKind.Docker, "a=b")]
    [InlineData("type=tar,dest=/dev/stdout", OutputKind.Tar, "-")]
    [InlineData("type=image", OutputKind.Image, null)]
    public void An_output_is_a_folder_or_a_list_of_keys(string text, OutputKind kind, string? destination) =>
        Assert.Equal(new OutputSpec(kind, destination), OutputSpec.Parse(text));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("dest=x", "has no type")]
    [InlineData("type=local", "needs a folder")]
    [InlineData("type=local,dest=", "needs a folder")]
    [InlineData("type=local,dest=-", "needs a folder")]
    [InlineData("type=dokcer", "unknown output type 'dokcer'")]
    [InlineData("type=tar,compress=yes", "unknown key 'compress'")]
    [InlineData("type=tar,x", "unknown key 'x'")]
    public void What_is_wrong_is_said_with_a_way_out(string text, string message)
    {
        var error = Assert.Throws<BuilderException>(() => OutputSpec.Parse(text));
        Assert.Equal(EngineErrors.BadOutput, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
    }

    [Fact]
    public void A_slip_of_the_fingers_is_recognised() =>
        Assert.Equal("did you mean docker?", Assert.Throws<BuilderException>(() => OutputSpec.Parse("type=dokcer")).Hint);
}
