using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Caches that go from one store to another: what ran there does not run here.</summary>
public sealed class TravellingCacheTests
{
    private const string Dockerfile = """
        FROM base AS tools
        RUN echo tool > /tool
        FROM base
        COPY a.txt /a.txt
        RUN cat /a.txt > /made
        COPY --from=tools /tool /tool
        RUN cat /tool > /used
        """;

    [Theory]
    [InlineData("min")]
    [InlineData("max")]
    public async Task Through_a_registry_the_second_store_runs_nothing_and_makes_the_same_image(string mode)
    {
        await using var registry = await RegistryServer.StartAsync();
        var cache = $"{registry.Host}/cache:{mode}";
        using var first = Prepare();
        var made = (await first.BuildAsync(Dockerfile, "--cache-to", $"type=registry,ref={cache},mode={mode}")).ExpectSuccess();
        using var second = Prepare();
        var found = (await second.BuildAsync(Dockerfile, "--cache-from", $"type=registry,ref={cache}")).ExpectSuccess();
        AssertNothingRan(found);
        Assert.Equal(made.Output, found.Output);

        // Only all steps know those of the other stage, too.
        second.Files.Write("context/a.txt", "changed");
        var changed = (await second.BuildAsync(Dockerfile, "--cache-from", cache)).ExpectSuccess();
        Assert.Equal(mode == "max", !changed.Error.Contains("RUN echo tool > /tool\n#1 DONE", StringComparison.Ordinal) && Ran(changed).All(step => !step.Contains("echo tool", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Through_a_folder_and_again_nothing_is_written_twice()
    {
        using var first = Prepare();
        var folder = first.Files.PathOf("cache");
        var made = (await first.BuildAsync(Dockerfile, "--cache-to", $"type=local,dest={folder},mode=max")).ExpectSuccess();
        var index = File.ReadAllText(Path.Combine(folder, "index.json"));
        (await first.BuildAsync(Dockerfile, "--cache-to", $"type=local,dest={folder},mode=max")).ExpectSuccess();
        Assert.Equal(index, File.ReadAllText(Path.Combine(folder, "index.json")));
        using var second = Prepare();
        var found = (await second.BuildAsync(Dockerfile, "--cache-from", $"type=local,src={folder}")).ExpectSuccess();
        AssertNothingRan(found);
        Assert.Equal(made.Output, found.Output);
    }

    [Fact]
    public async Task In_the_image_itself()
    {
        await using var registry = await RegistryServer.StartAsync();
        var name = $"{registry.Host}/app:1";
        using var first = Prepare();
        (await first.BuildAsync(Dockerfile, "-t", name, "--push", "--cache-to", "type=inline")).ExpectSuccess();
        using var second = Prepare();
        AssertNothingRan((await second.BuildAsync(Dockerfile, "--cache-from", name)).ExpectSuccess());
    }

    [Fact]
    public async Task A_base_from_a_registry_is_not_sent_with_the_cache()
    {
        Tool.Require("skopeo");
        await using var registry = await RegistryServer.StartAsync();
        using var first = Prepare();
        (await first.BuildAsync("FROM base\nRUN dd if=/dev/urandom of=/big bs=1k count=200\n", "-t", $"{registry.Host}/base:1", "--push")).ExpectSuccess();
        var dockerfile = $"FROM {registry.Host}/base:1\nRUN echo small > /small\n";
        using var second = Prepare();
        (await second.BuildAsync(dockerfile, "--cache-to", $"type=local,dest={second.Files.PathOf("cache")},mode=max")).ExpectSuccess();
        Assert.InRange(Directory.EnumerateFiles(second.Files.PathOf("cache"), "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length), 1, 50_000);
        using var third = Prepare();
        AssertNothingRan((await third.BuildAsync(dockerfile, "--cache-from", $"type=local,src={second.Files.PathOf("cache")}")).ExpectSuccess());
    }

    [Fact]
    public async Task What_a_failed_build_made_is_there_for_the_next_attempt()
    {
        using var first = Prepare();
        var folder = first.Files.PathOf("cache");
        var failing = Dockerfile + "\nRUN false\n";
        Assert.Equal(1, (await first.BuildAsync(failing, "--cache-to", $"type=local,dest={folder},mode=max")).ExitCode);
        using var second = Prepare();
        AssertNothingRan((await second.BuildAsync(Dockerfile, "--cache-from", $"type=local,src={folder}")).ExpectSuccess());
    }

    [Fact]
    public async Task A_cache_that_is_not_there_is_a_remark_one_that_cannot_be_written_an_error_unless_that_is_ignored()
    {
        using var scene = Prepare();
        var missing = (await scene.BuildAsync(Dockerfile, "--cache-from", "type=local,src=/nowhere/cache")).ExpectSuccess();
        Assert.Contains("the cache /nowhere/cache cannot be read", missing.Error, StringComparison.Ordinal);
        var failed = await scene.BuildAsync(Dockerfile, "--cache-to", "type=local,dest=/proc/cache");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("BLD1018", failed.Error, StringComparison.Ordinal);
        (await scene.BuildAsync(Dockerfile, "--cache-to", "type=local,dest=/proc/cache,ignore-error=true")).ExpectSuccess();
        Assert.Contains("BLD2022", (await scene.BuildAsync(Dockerfile, "--cache-to", "type=inline,mode=max")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Results_grow_old_all_of_them_or_those_of_one_instruction()
    {
        using var scene = Prepare();
        const string Aging = "FROM base\n# builder: cache-ttl=1s\nRUN echo one > /one\nRUN echo two > /two\n";
        (await scene.BuildAsync(Aging)).ExpectSuccess();

        // The result's age is what counts, so that is what has to be waited for.
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        Assert.Equal(["RUN echo one > /one", "RUN echo two > /two"], Ran(await scene.BuildAsync(Aging)).Where(step => step.StartsWith("RUN", StringComparison.Ordinal)));
        AssertNothingRan(await scene.BuildAsync(Aging.Replace("=1s", "=1d", StringComparison.Ordinal), "--cache-ttl", "12h"));
        await Task.Delay(TimeSpan.FromSeconds(1.2), TestContext.Current.CancellationToken);
        Assert.NotEmpty(Ran(await scene.BuildAsync(Aging.Replace("=1s", "=1d", StringComparison.Ordinal), "--cache-ttl", "1s")));
        Assert.Contains("BLD2021", (await scene.BuildAsync(Aging.Replace("=1s", "=soon", StringComparison.Ordinal))).Error, StringComparison.Ordinal);
    }

    private static BuildScene Prepare()
    {
        var scene = new BuildScene();
        scene.Files.Write("context/a.txt", "a");
        File.SetLastWriteTimeUtc(scene.Files.PathOf("context/a.txt"), DateTime.UnixEpoch.AddDays(5000));
        foreach (var path in Directory.EnumerateFileSystemEntries(scene.Files.PathOf("base"), "*", SearchOption.AllDirectories).Append(scene.Files.PathOf("base")))
        {
            // The base is a folder here: as old in one store as in the other.
            Tool.RunAsync("touch", "-h", "-d", "@1000000", path).GetAwaiter().GetResult().ExpectSuccess();
        }

        return scene;
    }

    private static void AssertNothingRan(ToolResult result)
    {
        result.ExpectSuccess();
        Assert.DoesNotContain("DONE", result.Error, StringComparison.Ordinal);
        Assert.Contains("CACHED", result.Error, StringComparison.Ordinal);
    }

    /// <summary>The instructions of the steps that ran.</summary>
    private static IReadOnlyList<string> Ran(ToolResult result)
    {
        var lines = result.ExpectSuccess().Error.Split('\n');
        return
        [
            .. lines.Where(line => line.Contains(" DONE ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[0])
                .Select(number => lines.First(line => line.StartsWith(number + " [", StringComparison.Ordinal)))
                .Select(line => line[(line.IndexOf("] ", StringComparison.Ordinal) + 2)..]),
        ];
    }
}
