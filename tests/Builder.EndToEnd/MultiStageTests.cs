using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Compile in one stage, ship another: the same image from root and from an ordinary user.</summary>
public sealed class MultiStageTests(DebianBase debian)
{
    private const string Dockerfile = """
        FROM <base> AS build
        WORKDIR /src
        COPY hello.c .
        RUN tcc -o /out hello.c && chown 1234:5678 hello.c

        FROM scratch AS final
        COPY --from=build /lib64/ld-linux-x86-64.so.2 /lib64/
        COPY --from=build /lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/
        COPY --from=build /out /bin/hello
        COPY --from=build /src /src
        COPY --chown=7:8 --chmod=640 hello.c /copied/hello.c
        USER 7
        CMD ["/bin/hello"]

        FROM <base> AS unused
        RUN exit 1
        """;

    private const string Source = "#include <stdio.h>\nint main(void) { puts(\"compiled in another stage\"); return 0; }\n";

    [Fact]
    public async Task Root_and_user_get_the_same_image()
    {
        var root = await BuildAsync(Flavour.Native, Caller.Root);
        var user = await BuildAsync(Flavour.Native, Caller.User);
        Assert.Equal(root, user);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_user_namespace_a_step_changes_nothing_in_the_image(Caller caller)
    {
        var plain = await BuildAsync(Flavour.Native, Caller.Root);
        var confined = await BuildAsync(Flavour.Native, caller, "--userns", "private");
        Assert.Equal(plain, confined);
    }

    [Fact]
    public async Task Native_and_jit_get_the_same_image()
    {
        var native = await BuildAsync(Flavour.Native, Caller.Root);
        var jit = await BuildAsync(Flavour.Jit, Caller.Root);
        Assert.Equal(native, jit);
    }

    /// <summary>The image id, which is a digest of everything in the image.</summary>
    private async Task<string> BuildAsync(Flavour flavour, Caller caller, params string[] more)
    {
        using var builder = new BuilderProgram(flavour, caller);
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile.Replace("<base>", await debian.ReferenceAsync(), StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(builder.Files.Write("context/hello.c", Source), DateTime.UnixEpoch.AddDays(10000));
        var options = new ToolOptions { Environment = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1700000000" } };
        var built = (await builder.RunAsync(["build", "-t", "hello", "--target", "final", .. more, context], options)).ExpectSuccess();
        var run = (await builder.RunAsync("run", "hello")).ExpectSuccess();
        Assert.Equal("compiled in another stage\n", run.Output);
        Assert.DoesNotContain("unused", built.Error, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
        return built.Output.Trim();
    }
}
