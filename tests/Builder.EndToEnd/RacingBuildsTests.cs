using System.Diagnostics;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Builders that get in one another's way, or are stopped, on one store.</summary>
public sealed class RacingBuildsTests
{
    [Fact]
    public async Task Two_builders_of_one_file_give_one_image()
    {
        using var builder = new BuilderProgram();
        Prepare(builder, "FROM base AS a\nCOPY file /a/\nWORKDIR /b\nRUN cat /a/file > copy\nFROM base\nCOPY --from=a /b /b\nRUN cat /b/copy > /c\n");
        var results = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => builder.RunAsync(Arguments(builder, "app"))));
        Assert.Single(results.Select(result => result.ExpectSuccess().Output).Distinct());
        Assert.Equal("content", (await builder.RunAsync("run", "--rm", "app", "cat", "/c")).ExpectSuccess().Output);
        await AssertCleanAsync(builder);
    }

    [Fact] // what one of them made must not be mixed with what the other made of the same step
    public async Task What_comes_out_differently_each_time_is_consistent_in_each_image()
    {
        using var builder = new BuilderProgram();
        Prepare(builder, "FROM base AS a\nRUN head -c 30 /dev/urandom | base64 > /x\nRUN cat /x > /y\nFROM base\nCOPY --from=a /x /y /\nRUN cat /y > /z\n");
        string[] names = ["one", "two", "three"];
        foreach (var result in await Task.WhenAll(names.Select(name => builder.RunAsync(Arguments(builder, name)))))
        {
            result.ExpectSuccess();
        }

        foreach (var name in names)
        {
            (await builder.RunAsync("run", "--rm", name, "sh", "-c", "test -s /x && cmp /x /y && cmp /y /z")).ExpectSuccess();
        }

        await AssertCleanAsync(builder);
    }

    [Fact]
    public async Task Being_stopped_at_any_moment_leaves_a_store_as_it_should_be()
    {
        using var builder = new BuilderProgram();
        var random = new Random(7);
        for (var round = 0; round < 10; round++)
        {
            Prepare(builder, $"FROM base AS a\nCOPY . /a/\nRUN cat /a/file > /{round} && sleep 0.05\nFROM base AS b\nCOPY . /layers/{round}\nWORKDIR /w{round}\nFROM base\nCOPY --from=a /{round} /\nRUN cat /{round}\nCOPY --from=b /layers /layers\n");
            var delay = TimeSpan.FromMilliseconds(random.Next(400));
            var result = await builder.RunAsync(
                Arguments(builder, "app"), new ToolOptions { Started = process => _ = Task.Delay(delay).ContinueWith(_ => Stop(process), TaskScheduler.Default) });
            Assert.Contains(result.ExitCode, (int[])[0, 130, -2, 2]);
        }

        Assert.DoesNotContain("damage", (await builder.RunAsync("check-store")).ExpectSuccess().Output, StringComparison.Ordinal);
        var last = (await builder.RunAsync(Arguments(builder, "app"))).ExpectSuccess().Output;
        Assert.Equal(last, (await builder.RunAsync([.. Arguments(builder, "again"), "--no-cache"])).ExpectSuccess().Output);
        await AssertCleanAsync(builder);
    }

    private static void Prepare(BuilderProgram builder, string dockerfile)
    {
        if (!Directory.Exists(builder.Files.PathOf("base")))
        {
            BusyboxBase.Make(builder.Files.Folder("base"));
        }

        builder.Files.Write("context/file", "content");
        builder.Files.Write("context/Dockerfile", dockerfile.Replace("FROM base", "FROM start", StringComparison.Ordinal).Insert(0, "FROM scratch AS start\nCOPY --from=base / /\nENV PATH=/bin\n"));
    }

    private static string[] Arguments(BuilderProgram builder, string name) =>
        ["build", "-q", "--network=none", "-t", name, "--build-context", $"base={builder.Files.PathOf("base")}", builder.Files.PathOf("context")];

    private static void Stop(Process process)
    {
        try
        {
            using var kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            kill.WaitForExit();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    private static async Task AssertCleanAsync(BuilderProgram builder)
    {
        Assert.DoesNotContain("damage", (await builder.RunAsync("check-store")).ExpectSuccess().Output, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
    }
}
