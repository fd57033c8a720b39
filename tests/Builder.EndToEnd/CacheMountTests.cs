using System.Diagnostics;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>RUN --mount=type=cache</c> (M5), and <c>builder cache</c>.</summary>
public sealed class CacheMountTests
{
    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_cache_outlives_builds_and_is_in_no_layer(Caller caller)
    {
        using var scene = new BuildScene(caller);
        const string Step = "RUN --mount=type=cache,target=/var/cache/it echo x >> /var/cache/it/log; wc -l < /var/cache/it/log";
        Assert.Empty((await scene.FilesOfAsync($"FROM base\n{Step}\n")).Except(["var", "var/cache"]));
        var second = (await scene.BuildAsync($"FROM base\nRUN true\n{Step}\n")).ExpectSuccess();
        Assert.Contains(" 2\n", second.Error, StringComparison.Ordinal);

        var list = (await scene.Builder.RunAsync("cache", "ls")).ExpectSuccess();
        Assert.Contains("/var/cache/it", list.Output, StringComparison.Ordinal);
        Assert.Contains("4B", (await scene.Builder.RunAsync("cache", "du")).ExpectSuccess().Output, StringComparison.Ordinal);
        (await scene.Builder.RunAsync("cache", "rm", "/var/cache/it")).ExpectSuccess();
        Assert.DoesNotContain("/var/cache/it", (await scene.Builder.RunAsync("cache", "ls")).ExpectSuccess().Output, StringComparison.Ordinal);
        Assert.Contains("error BLD1141", (await scene.Builder.RunAsync("cache", "rm", "/var/cache/it")).Expect(1).Error, StringComparison.Ordinal);
        Assert.Contains(" 1\n", (await scene.BuildAsync($"FROM base\nRUN true; true\n{Step}\n")).ExpectSuccess().Error, StringComparison.Ordinal);
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task Owner_and_origin_make_another_cache_and_nothing_of_ours_is_in_it()
    {
        using var scene = new BuildScene();
        (await scene.BuildAsync("""
            FROM base AS origin
            RUN mkdir -m 0750 /o && echo first > /o/file && chown 1000 /o
            FROM base
            RUN --mount=type=cache,id=c,target=/c test "$(stat -c %a:%u:%g /c)" = 755:0:0 && test -z "$(ls -A /c)" && touch /c/mine
            RUN --mount=type=cache,id=c,target=/c,uid=1000,gid=50,mode=0700 test "$(stat -c %a:%u:%g /c)" = 700:1000:50 && test -z "$(ls -A /c)"
            RUN --mount=type=cache,id=c,target=/c,from=origin,source=/o test "$(stat -c %a:%u /c)" = 750:1000 && test "$(cat /c/file)" = first && echo second > /c/file
            RUN --mount=type=cache,id=c,target=/c,from=origin,source=/o test "$(cat /c/file)" = second
            RUN --mount=type=cache,id=c,target=/c,ro test -e /c/mine && ! touch /c/x
            RUN --mount=type=cache,id=c,target=/c --mount=type=cache,id=c,target=/d touch /c/both && test -e /d/both
            RUN --mount=type=cache,id=../../../../escape,target=/e touch /e/x
            """)).ExpectSuccess();
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(scene.Builder.Store, "mounts-cache")).Length);
    }

    /// <summary>Two programs, one store: each step looks whether the other is inside.</summary>
    [Fact]
    public async Task Locked_keeps_two_builders_apart()
    {
        using var scene = new BuildScene();
        const string Step = "RUN --mount=type=cache,id=l,target=/l,sharing=locked for i in 1 2 3 4 5 6 7 8; do mkdir /l/inside || exit 9; sleep 0.02; rmdir /l/inside; done; echo $WHO >> /l/log; wc -l < /l/log";
        File.CreateSymbolicLink(scene.Files.PathOf("base/bin/rmdir"), "busybox");
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => BuildOfAsync(scene, i, $"FROM base\nENV WHO={i}\n{Step}\n")));
        Assert.All(outcomes, outcome => outcome.ExpectSuccess());
        Assert.Single(Directory.GetDirectories(Assert.Single(Directory.GetDirectories(Path.Combine(scene.Builder.Store, "mounts-cache")))));
        Assert.Equal(["1", "2", "3"], outcomes.Select(outcome => CountIn(outcome)).Order(StringComparer.Ordinal));
    }

    /// <summary>Each waits until it sees what the other has written, which only a shared directory shows.</summary>
    [Theory]
    [InlineData("shared", 0)]
    [InlineData("private", 8)]
    public async Task Shared_joins_two_builders_and_private_gives_each_its_own(string sharing, int exitCode)
    {
        using var scene = new BuildScene();
        string Step(int me, int other) =>
            $"FROM base\nRUN --mount=type=cache,id=s,target=/s,sharing={sharing} touch /s/{me}; for i in $(seq 200); do test -e /s/{other} && exit 0; sleep 0.02; done; exit 8\n";
        var outcomes = await Task.WhenAll(BuildOfAsync(scene, 1, Step(1, 2)), BuildOfAsync(scene, 2, Step(2, 1)));
        Assert.All(outcomes, outcome => Assert.Equal(exitCode != 0, outcome.Error.Contains($"exit code: {exitCode}", StringComparison.Ordinal)));
        Assert.All(outcomes, outcome => outcome.Expect(exitCode == 0 ? 0 : 1));
    }

    [Fact]
    public async Task A_killed_builder_holds_no_cache()
    {
        using var scene = new BuildScene();
        const string Mount = "RUN --mount=type=cache,id=k,target=/k,sharing=locked";
        var killed = await scene.BuildAsync($"FROM base\n{Mount} echo half > /k/file; echo inside; sleep 1003\n", [], new ToolOptions
        {
            Started = process => _ = Task.Run(async () =>
            {
                while (!process.HasExited && !StepIsInside(scene.Builder.Store))
                {
                    await Task.Delay(20);
                }

                process.Kill();
            }),
        });
        Assert.NotEqual(0, killed.ExitCode);
        (await scene.BuildAsync($"FROM base\n{Mount} test \"$(cat /k/file)\" = half\n", [], new ToolOptions { Timeout = TimeSpan.FromSeconds(60) })).ExpectSuccess();
    }

    [Fact]
    public async Task A_cache_can_be_a_folder_of_the_users()
    {
        using var scene = new BuildScene();
        var place = scene.Files.Folder("place");
        scene.Files.Write("place/given", "by hand");
        const string Dockerfile = "FROM base\nRUN --mount=type=cache,id=c,target=/c cat /c/given && echo made > /c/made\n";
        (await scene.BuildAsync(Dockerfile, "--cache-mount", $"id=c,dir={place}")).ExpectSuccess();
        Assert.Equal("made\n", await File.ReadAllTextAsync(Path.Combine(place, "made")));
        Assert.Equal(["given", "made"], Directory.GetFileSystemEntries(place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("error BLD2065", (await scene.BuildAsync(Dockerfile, "--cache-mount", "id=c,dir=/no/such/folder")).Expect(2).Error, StringComparison.Ordinal);
    }

    private static bool StepIsInside(string store) =>
        Directory.Exists(Path.Combine(store, "mounts-cache"))
        && Directory.EnumerateFiles(Path.Combine(store, "mounts-cache"), "file", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 0);

    private static Task<ToolResult> BuildOfAsync(BuildScene scene, int number, string dockerfile)
    {
        var file = scene.Files.Write($"Dockerfile.{number}", dockerfile);
        return scene.Builder.RunAsync("build", "--progress=plain", "--build-context", $"base={scene.Files.PathOf("base")}", "-f", file, scene.Context);
    }

    private static string CountIn(ToolResult result) =>
        result.Error.Split('\n').Where(line => line.StartsWith('#') && line.Split(' ') is [_, _, var last] && int.TryParse(last, out _)).Select(line => line.Split(' ')[2]).Last();
}
