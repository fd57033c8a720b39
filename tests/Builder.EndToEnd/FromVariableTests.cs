using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Variables in <c>COPY --from</c> and in mounts choose what is built.</summary>
public sealed class FromVariableTests
{
    private const string Dockerfile = """
        ARG FLAVOUR=debug
        ARG TOOLS
        FROM base AS debug
        RUN echo debug > /program
        FROM base AS release
        RUN echo release > /program
        FROM base AS tools-2
        RUN echo 2 > /version
        FROM base
        COPY --from=$FLAVOUR /program /
        RUN --mount=from=tools-${TOOLS:-2},target=/tools --mount=type=cache,id=from-variable,from=$FLAVOUR,target=/filled test "$(cat /tools/version)" = 2 && cp /filled/program /from-cache
        """;

    [Fact]
    public async Task A_build_argument_chooses_the_stage_that_is_built_and_copied_from()
    {
        using var scene = new BuildScene();

        var built = (await scene.BuildAsync(Dockerfile, "--build-arg", "FLAVOUR=release", "-o", $"type=local,dest={scene.Files.PathOf("out")}")).ExpectSuccess();

        Assert.Equal("release\n", await File.ReadAllTextAsync(Path.Combine(scene.Files.PathOf("out"), "program"), TestContext.Current.CancellationToken));
        Assert.Equal("release\n", await File.ReadAllTextAsync(Path.Combine(scene.Files.PathOf("out"), "from-cache"), TestContext.Current.CancellationToken));
        Assert.Contains("COPY --from=$FLAVOUR /program /", built.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("echo debug", built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_of_the_stage_is_refused_before_anything_is_built()
    {
        using var scene = new BuildScene();

        var built = (await scene.BuildAsync("FROM base AS one\nRUN echo built\nFROM base\nARG FROM=one\nCOPY --from=$FROM /bin/sh /sh\n")).Expect(3);

        Assert.Contains("Dockerfile:5:13: error BLD3113: --from cannot use $FROM, which only the stage declares", built.Error, StringComparison.Ordinal);
        Assert.Contains("hint: it has to be known before any stage is built: declare it before the first FROM, with ARG FROM=…", built.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("echo built", built.Error, StringComparison.Ordinal);
    }
}
