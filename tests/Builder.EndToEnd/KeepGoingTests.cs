using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Stages that are only checked, and builds that go on after a failure.</summary>
public sealed class KeepGoingTests
{
    private const string Dockerfile = """
        FROM base AS bad
        RUN false
        FROM base AS test
        RUN echo tested > /tested
        FROM base AS good
        RUN echo good > /good
        FROM base
        COPY --from=good /good /good
        """;

    [Fact]
    public async Task A_further_stage_has_to_succeed_and_is_not_in_the_image()
    {
        using var scene = new BuildScene();
        var passed = (await scene.BuildAsync(Dockerfile, "--also", "test")).ExpectSuccess();
        Assert.Contains("RUN echo tested", passed.Error, StringComparison.Ordinal);
        Assert.Equal(passed.Output, (await scene.BuildAsync(Dockerfile)).ExpectSuccess().Output);
        var failed = await scene.BuildAsync(Dockerfile, "--also", "bad");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("Dockerfile:2", failed.Error, StringComparison.Ordinal);
        Assert.Contains("BLD3100", (await scene.BuildAsync(Dockerfile, "--also", "nothing")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_keeps_going_finishes_what_it_can_and_tells_every_failure()
    {
        using var scene = new BuildScene();
        const string Two = "FROM base AS one\nRUN exit 3\nFROM base AS two\nRUN exit 4\nFROM base AS three\nRUN sleep 0.3\nRUN echo ok > /ok\nFROM base\nCOPY --from=one / /1\nCOPY --from=two / /2\nCOPY --from=three /ok /3\n";
        var failed = await scene.BuildAsync(Two, "--keep-going");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("exit code: 3", failed.Error, StringComparison.Ordinal);
        Assert.Contains("exit code: 4", failed.Error, StringComparison.Ordinal);
        var third = (await scene.BuildAsync(Two, "--target", "three")).ExpectSuccess();
        Assert.DoesNotContain("DONE", third.Error, StringComparison.Ordinal);
    }
}
