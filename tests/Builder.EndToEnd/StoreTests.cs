using System.Globalization;
using Builder.EndToEnd.Support;
using Builder.Testing.Http;

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
        await using var registry = Tool.Exists("docker-registry") ? await RegistryServer.StartAsync() : null;
        var remote = $"{registry?.Host}/kept:1";
        if (registry is not null)
        {
            (await builder.RunAsync("tag", "kept", remote)).ExpectSuccess();
            (await builder.RunAsync("push", remote)).ExpectSuccess();
        }

        var rounds = int.TryParse(Environment.GetEnvironmentVariable("BUILDER_KILL_ROUNDS"), CultureInfo.InvariantCulture, out var given) ? given : 12;
        for (var round = 0; round < rounds; round++)
        {
            string[] second = (round % 5) switch
            {
                4 when registry is not null => await PullAfreshAsync(builder, remote),
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

        if (registry is not null)
        {
            (await builder.RunAsync("pull", remote)).ExpectSuccess();
            Assert.Equal("kept\n", (await builder.RunAsync("run", remote)).ExpectSuccess().Output);
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

    /// <summary>btrfs, because its quota is one of the folder and holds for root too.</summary>
    [Fact]
    public async Task A_quota_is_said_and_leaves_the_store_clean()
    {
        Tool.Require("mount", "umount", "mkfs.btrfs", "btrfs", "truncate");
        Assert.SkipUnless(File.Exists("/dev/loop-control"), "there are no loop devices");
        using var builder = new BuilderProgram();
        Prepare(builder);
        builder.Files.Write("context/Dockerfile", "FROM base\nARG n\nRUN echo $n > /n\nRUN dd if=/dev/zero of=/big bs=1k count=1k\nCMD cat /n\n");
        var disk = builder.Files.PathOf("disk");
        (await Tool.RunAsync("truncate", "-s", "256M", disk)).ExpectSuccess();
        (await Tool.RunAsync("mkfs.btrfs", "-q", "-f", disk)).ExpectSuccess();
        var mount = builder.Files.Folder("mount");
        Assert.SkipUnless((await Tool.RunAsync("mount", "-t", "btrfs", "-o", "loop", disk, mount)).ExitCode == 0, "a btrfs cannot be mounted here");
        try
        {
            Assert.SkipUnless((await Tool.RunAsync("btrfs", "quota", "enable", mount)).ExitCode == 0, "this btrfs has no quotas");
            for (var size = 2000; size < 4400; size += 800)
            {
                var folder = Path.Combine(mount, $"store{size}");
                (await Tool.RunAsync("btrfs", "subvolume", "create", folder)).ExpectSuccess();
                (await Tool.RunAsync("btrfs", "qgroup", "limit", $"{size}k", folder)).ExpectSuccess();
                Directory.CreateSymbolicLink(builder.Store, folder);
                var built = await builder.RunAsync(BuildArguments(builder, "app", "x", "--store-layers=written"));
                Assert.NotEqual(0, built.ExitCode);
                Assert.True(System.Text.RegularExpressions.Regex.IsMatch(built.Error, "(?i)quota|no space left|disk is full|exit code"), built.Error);
                Assert.DoesNotContain("internal error", built.Error, StringComparison.Ordinal);
                (await builder.RunAsync("check-store")).ExpectSuccess();
                Directory.Delete(builder.Store);
            }
        }
        finally
        {
            (await Tool.RunAsync("umount", "-l", mount)).ExpectSuccess();
        }
    }

    [Fact]
    public async Task One_damaged_image_does_not_hide_the_others()
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "good", "1");
        await BuildAsync(builder, "bad", "2");
        var target = (await builder.RunAsync("images", "--no-trunc", "--format", "{{.Digest}}", "bad")).ExpectSuccess().Output.Trim();
        Flip(builder, target);

        var listed = (await builder.RunAsync("images", "--format", "{{.Repository}}")).ExpectSuccess();
        Assert.Equal("good\n", listed.Output);
        Assert.Contains("image bad:latest cannot be shown", listed.Error, StringComparison.Ordinal);
        Assert.Contains(target, listed.Error, StringComparison.Ordinal);
        (await builder.RunAsync("df")).ExpectSuccess();
        (await builder.RunAsync("inspect", "good")).ExpectSuccess();

        // Nothing is removed while nobody knows what the damaged one needs; building it again puts it in order.
        (await builder.RunAsync("prune", "-f")).Expect(1);
        await BuildAsync(builder, "bad", "2");
        (await builder.RunAsync("prune", "-f")).ExpectSuccess();
        Assert.Equal("2\n", (await builder.RunAsync("run", "bad")).ExpectSuccess().Output);
    }

    [Theory]
    [InlineData("a layer")]
    [InlineData("the manifest")]
    public async Task What_is_damaged_of_a_base_is_fetched_again(string what)
    {
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        Prepare(builder);
        var remote = $"{registry.Host}/base:1";
        await BuildAsync(builder, remote, "from afar");
        (await builder.RunAsync("push", remote)).ExpectSuccess();
        using var other = new BuilderProgram();
        (await other.RunAsync("pull", remote)).ExpectSuccess();
        var manifest = (await other.RunAsync("images", "--format", "{{.Digest}}")).ExpectSuccess().Output.Trim();
        using var document = System.Text.Json.JsonDocument.Parse(await File.ReadAllTextAsync(BlobOf(other, manifest), TestContext.Current.CancellationToken));
        Flip(other, what == "the manifest" ? manifest : document.RootElement.GetProperty("layers")[1].GetProperty("digest").GetString()!);

        other.Files.Write("context/Dockerfile", $"FROM {remote}\nRUN cat /n\n");
        var built = (await other.RunAsync("build", "-t", "above", other.Files.PathOf("context"))).ExpectSuccess();
        Assert.Contains("from afar", built.Error, StringComparison.Ordinal);
        Assert.Matches("warning: .*damaged", built.Error);
        (await other.RunAsync("check-store")).ExpectSuccess();
    }

    [Fact]
    public async Task A_folder_with_an_oci_layout_is_loaded()
    {
        Tool.Require("skopeo");
        using var one = new BuilderProgram();
        Prepare(one);
        await BuildAsync(one, "app", "1");
        var layout = one.Files.PathOf("layout");
        (await one.RunAsync("save", "--format", "oci-dir", "-o", layout, "app")).ExpectSuccess();
        var copied = one.Files.PathOf("copied");
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"oci:{layout}:latest", $"oci:{copied}:team/app:2")).ExpectSuccess();
        using var two = new BuilderProgram();
        Assert.Equal("Loaded image: app:latest\n", (await two.RunAsync("load", "-i", layout)).ExpectSuccess().Output);
        (await two.RunAsync("load", "-q", "-i", copied)).ExpectSuccess();
        Assert.Equal("1\n", (await two.RunAsync("run", "app")).ExpectSuccess().Output);
        Assert.Contains("oci-layout", (await two.RunAsync("load", "-i", one.Files.PathOf("context"))).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tar_is_imported_from_an_address()
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        await BuildAsync(builder, "app", "from afar", "-o", $"type=tar,dest={builder.Files.PathOf("files.tar")}");
        var tar = await File.ReadAllBytesAsync(builder.Files.PathOf("files.tar"), TestContext.Current.CancellationToken);
        await using var server = new TestServer(request => request.Path == "/files.tar" ? new TestResponse(200) { Body = tar } : new TestResponse(404));
        var url = $"http://{server.Authority}/files.tar";
        (await builder.RunAsync("import", "-c", "CMD [\"cat\", \"/n\"]", url, "imported")).ExpectSuccess();
        Assert.Equal("from afar\n", (await builder.RunAsync("run", "imported")).ExpectSuccess().Output);
        Assert.Contains($"Imported from {url}", (await builder.RunAsync("history", "--no-trunc", "imported")).ExpectSuccess().Output, StringComparison.Ordinal);
        Assert.Contains("BLD4050", (await builder.RunAsync("import", url + "x")).Expect(4).Error, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
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
            (await builder.RunAsync("run", "--rm", "app", "true")).ExpectSuccess();
            var refused = (await builder.RunAsync("tag", "app", "again")).Expect(5);
            Assert.Contains("BLD5104", refused.Error, StringComparison.Ordinal);
        }
        finally
        {
            (await Tool.RunAsync("umount", "-l", builder.Store)).ExpectSuccess();
        }
    }

    private static string BlobOf(BuilderProgram builder, string digest) => Path.Combine(builder.Store, "blobs", "sha256", digest["sha256:".Length..]);

    private static void Flip(BuilderProgram builder, string digest)
    {
        var bytes = File.ReadAllBytes(BlobOf(builder, digest));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(BlobOf(builder, digest), bytes);
    }

    /// <summary>To be killed while there is something to fetch: the image's compressed layers are nobody else's.</summary>
    private static async Task<string[]> PullAfreshAsync(BuilderProgram builder, string remote)
    {
        await builder.RunAsync("rmi", "-f", remote);
        (await builder.RunAsync("prune", "-f")).ExpectSuccess();
        return ["pull", remote];
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
