using System.Globalization;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The store in hard times: killed processes, a full disk, a disk that cannot be written; and read by other tools.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task Other_tools_read_it_in_place()
    {
        Tool.Require("skopeo");
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "lazy", "1");
        await BuildAsync(builder, "written", "2", "--store-layers=written");
        (await Tool.RunAsync("skopeo", "inspect", $"oci:{builder.Store}:written:latest")).ExpectSuccess();
        Assert.NotEqual(0, (await Tool.RunAsync("skopeo", "inspect", $"oci:{builder.Store}:lazy:latest")).ExitCode);

        (await builder.RunAsync("materialize", "lazy")).ExpectSuccess();
        var archive = builder.Files.PathOf("lazy.tar");
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"oci:{builder.Store}:lazy:latest", $"docker-archive:{archive}:lazy:latest")).ExpectSuccess();
        using var two = new BuilderProgram();
        (await two.RunAsync("load", "-i", archive)).ExpectSuccess();
        Assert.Equal("1\n", (await two.RunAsync("run", "lazy")).ExpectSuccess().Output);
    }

    [Fact]
    public async Task Images_are_tagged_listed_and_removed_as_docker_does()
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "app", "1");
        (await builder.RunAsync("tag", "app", "other/app:2")).ExpectSuccess();
        Assert.Equal("other/app:2\n", (await builder.RunAsync("images", "--filter", "reference=other/*", "--format", "{{.Repository}}:{{.Tag}}")).ExpectSuccess().Output);
        Assert.Equal("", (await builder.RunAsync("images", "-q", "--filter", "dangling=true")).ExpectSuccess().Output);
        Assert.Matches("^IMAGE +CREATED +CREATED BY +SIZE +COMMENT\n", (await builder.RunAsync("history", "app")).ExpectSuccess().Output);
        Assert.Equal("Untagged: app:latest\n", (await builder.RunAsync("rmi", "app")).ExpectSuccess().Output);
        Assert.Matches("^Untagged: other/app:2\nDeleted: sha256:[0-9a-f]{64}\n$", (await builder.RunAsync("rmi", "other/app:2")).ExpectSuccess().Output);
        (await builder.RunAsync("rmi", "app")).Expect(1);
        Assert.Contains("Total reclaimed space:", (await builder.RunAsync("prune", "-f")).ExpectSuccess().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(builder.Store, "snapshots")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(builder.Store, "blobs/sha256")));
    }

    /// <summary>
    /// Two at once, killed at moments that are spread over their life. BUILDER_KILL_ROUNDS asks for more rounds than a
    /// test run has time for.
    /// </summary>
    [Fact]
    public async Task Being_killed_at_any_moment_costs_nothing_that_was_finished()
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "kept", "kept");
        var archive = builder.Files.PathOf("kept.tar");
        (await builder.RunAsync("save", "-o", archive, "kept")).ExpectSuccess();
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("BUILDER_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var given) ? given : 12;
        for (var round = 0; round < rounds; round++)
        {
            string[] second = (round % 4) switch
            {
                0 => ["prune", "-f"],
                1 => ["load", "-i", archive],
                2 => ["materialize", "kept"],
                _ => BuildArguments(builder, "another", $"other {round}"),
            };
            var delay = TimeSpan.FromMilliseconds(15 + (round * 37 % 400));
            await Task.WhenAll(
                builder.RunAsync(BuildArguments(builder, "app", $"round {round}"), KillAfter(delay)),
                builder.RunAsync(second, KillAfter(round % 2 == 0 ? delay : delay * 2)));
            if (round % 4 == 3)
            {
                (await builder.RunAsync("check-store")).ExpectSuccess();
                Assert.Equal("kept\n", (await builder.RunAsync("run", "kept")).ExpectSuccess().Output);
            }
        }

        await BuildAsync(builder, "last", "last");
        (await builder.RunAsync("check-store", "--repair")).ExpectSuccess();
        Assert.DoesNotContain("orphan", (await builder.RunAsync("check-store")).ExpectSuccess().Output, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_full_disk_is_said_and_leaves_the_store_clean()
    {
        Tool.Require("mount", "umount");
        using var builder = new BuilderProgram();
        Prepare(builder);
        builder.Files.Write("context/Dockerfile", "FROM base\nARG n\nRUN echo $n > /n\nRUN dd if=/dev/zero of=/big bs=1k count=1k\nCMD cat /n\n");
        Directory.CreateDirectory(builder.Store);
        for (var size = 2100; size < 4400; size += 450)
        {
            var mounted = await Tool.RunAsync("mount", "-t", "tmpfs", "-o", $"size={size}k", "tmpfs", builder.Store);
            Assert.SkipUnless(mounted.ExitCode == 0, "a tmpfs cannot be mounted here");
            try
            {
                var built = await builder.RunAsync(BuildArguments(builder, "app", "x", "--store-layers=written"));
                Assert.NotEqual(0, built.ExitCode);
                Assert.Matches("(?i)no space left|disk is full|exit code", built.Error);
                Assert.DoesNotContain("internal error", built.Error, StringComparison.Ordinal);
                (await builder.RunAsync("check-store")).ExpectSuccess();
            }
            finally
            {
                (await Tool.RunAsync("umount", "-l", builder.Store)).ExpectSuccess();
            }
        }
    }

    [Fact]
    public async Task What_is_in_a_store_that_cannot_be_written_can_be_read()
    {
        Tool.Require("mount", "umount");
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "app", "1");
        var bound = await Tool.RunAsync("mount", "--bind", builder.Store, builder.Store);
        Assert.SkipUnless(bound.ExitCode == 0, "nothing can be mounted here");
        try
        {
            (await Tool.RunAsync("mount", "-o", "remount,ro,bind", builder.Store)).ExpectSuccess();
            Assert.Contains("app", (await builder.RunAsync("images")).ExpectSuccess().Output, StringComparison.Ordinal);
            (await builder.RunAsync("inspect", "app")).ExpectSuccess();
            (await builder.RunAsync("history", "app")).ExpectSuccess();
            (await builder.RunAsync("save", "-o", builder.Files.PathOf("app.tar"), "app")).ExpectSuccess();
            var refused = (await builder.RunAsync("tag", "app", "again")).Expect(5);
            Assert.Contains("BLD5104", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            (await Tool.RunAsync("umount", "-l", builder.Store)).ExpectSuccess();
        }
    }

    private static void Prepare(BuilderProgram builder)
    {
        BusyboxBase.Make(builder.Files.PathOf("base"));
        builder.Files.Folder("context");
        builder.Files.Write("context/file", "content");
        builder.Files.Write("context/Dockerfile", "FROM base\nARG n\nRUN echo $n > /n\nCOPY file /file\nRUN echo more > /more\nCMD cat /n\n");
    }

    private static async Task BuildAsync(BuilderProgram builder, string name, string n, params string[] options) =>
        (await builder.RunAsync(BuildArguments(builder, name, n, options))).ExpectSuccess();

    private static string[] BuildArguments(BuilderProgram builder, string name, string n, params string[] options) =>
        ["build", "-t", name, "--build-arg", $"n={n}", "--build-context", $"base={builder.Files.PathOf("base")}", .. options, builder.Files.PathOf("context")];

    private static ToolOptions KillAfter(TimeSpan delay) => new()
    {
        Started = process => _ = Task.Delay(delay).ContinueWith(
            _ =>
            {
                try
                {
                    process.Kill();
                }
                catch (InvalidOperationException)
                {
                    // It was quicker, and its result has been taken.
                }
            },
            TaskScheduler.Default),
    };
}
