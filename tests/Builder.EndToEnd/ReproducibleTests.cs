using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The same context, Dockerfile and base give the same image: on another day, in another store, by another user.</summary>
public sealed class ReproducibleTests
{
    private const string Dockerfile = """
        FROM base AS build
        RUN echo generated > /generated && mkdir /d && echo x > /d/x
        COPY a.txt /a.txt
        RUN cat /a.txt > /made
        FROM base
        WORKDIR /app
        COPY --from=build /generated /made /d ./
        COPY a.txt .
        RUN echo fin > fin
        LABEL a=b
        """;

    [Fact]
    public async Task Stores_apart_and_seconds_apart_the_digest_is_the_same_as_root_and_not()
    {
        using var first = Prepare(Caller.Root);
        var one = (await first.BuildAsync(Dockerfile)).ExpectSuccess().Output;
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        using var second = Prepare(Caller.Root);
        Assert.Equal(one, (await second.BuildAsync(Dockerfile)).ExpectSuccess().Output);
        Assert.Equal(one, (await second.BuildAsync(Dockerfile, "--no-cache")).ExpectSuccess().Output);
        using var third = Prepare(Caller.User);
        Assert.Equal(one, (await third.BuildAsync(Dockerfile)).ExpectSuccess().Output);
    }

    [Fact]
    public async Task A_later_step_that_is_younger_lets_no_clock_in()
    {
        using var first = Prepare(Caller.Root);
        (await first.BuildAsync(Dockerfile)).ExpectSuccess();

        // Edited after the steps ran: what they wrote is older than this, and has the time of day.
        await Task.Delay(TimeSpan.FromSeconds(1.1), TestContext.Current.CancellationToken);
        first.Files.Write("context/a.txt", "new");
        var edited = File.GetLastWriteTimeUtc(first.Files.PathOf("context/a.txt"));
        var one = (await first.BuildAsync(Dockerfile)).ExpectSuccess().Output;
        using var second = Prepare(Caller.Root);
        second.Files.Write("context/a.txt", "new");
        File.SetLastWriteTimeUtc(second.Files.PathOf("context/a.txt"), edited);
        Assert.Equal(one, (await second.BuildAsync(Dockerfile)).ExpectSuccess().Output);
    }

    [Fact]
    public async Task The_image_is_as_old_as_the_newest_thing_in_it_unless_the_clock_is_wanted()
    {
        using var scene = Prepare(Caller.Root);
        (await scene.BuildAsync(Dockerfile, "-t", "old")).ExpectSuccess();
        Assert.Contains("\"Created\": \"1983-09-09T12:00:00Z\"", (await scene.Builder.RunAsync("inspect", "old")).ExpectSuccess().Output, StringComparison.Ordinal);
        (await scene.BuildAsync(Dockerfile, "-t", "now", "--timestamp=now")).ExpectSuccess();
        Assert.DoesNotContain("\"Created\": \"19", (await scene.Builder.RunAsync("inspect", "now")).ExpectSuccess().Output, StringComparison.Ordinal);
        (await scene.BuildAsync(Dockerfile, "-t", "epoch", "--timestamp=1000000000")).ExpectSuccess();
        Assert.Contains("\"Created\": \"2001-09-09T01:46:40Z\"", (await scene.Builder.RunAsync("inspect", "epoch")).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    private static BuildScene Prepare(Caller caller)
    {
        var scene = new BuildScene(caller);
        scene.Files.Write("context/a.txt", "a");
        File.SetLastWriteTimeUtc(scene.Files.PathOf("context/a.txt"), new DateTime(1983, 9, 9, 12, 0, 0, DateTimeKind.Utc));
        Tool.RunAsync("find", scene.Files.PathOf("base"), "-exec", "touch", "-h", "-d", "@1000000", "{}", "+").GetAwaiter().GetResult().ExpectSuccess();
        return scene;
    }
}
