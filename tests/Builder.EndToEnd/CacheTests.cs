using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What is built twice is run once.</summary>
public sealed class CacheTests
{
    private const string Dockerfile = """
        FROM base AS one
        COPY a.txt /a.txt
        RUN cat /a.txt > /made
        FROM base
        COPY --from=one /made /made
        RUN echo second stage
        COPY b.txt /b.txt
        CMD cat /made
        """;

    [Fact]
    public async Task A_second_build_runs_nothing_and_gives_the_same_image()
    {
        using var builder = new BuilderProgram();
        var context = Prepare(builder);
        var first = (await BuildAsync(builder, context)).ExpectSuccess();
        Assert.DoesNotContain("CACHED", first.Error, StringComparison.Ordinal);
        var second = (await BuildAsync(builder, context)).ExpectSuccess();
        Assert.Equal(first.Output, second.Output);
        Assert.Contains("CACHED", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("DONE", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_touched_file_changes_nothing_a_changed_one_only_what_uses_it()
    {
        using var builder = new BuilderProgram();
        var context = Prepare(builder);
        (await BuildAsync(builder, context)).ExpectSuccess();
        File.SetLastWriteTimeUtc(builder.Files.PathOf("context/a.txt"), DateTime.UnixEpoch);
        Assert.DoesNotContain("DONE", (await BuildAsync(builder, context)).ExpectSuccess().Error, StringComparison.Ordinal);

        builder.Files.Write("context/b.txt", "changed");
        var third = (await BuildAsync(builder, context)).ExpectSuccess();
        var done = third.Error.Split('\n').Where(line => line.Contains("DONE", StringComparison.Ordinal));
        Assert.Single(done);
    }

    [Fact]
    public async Task A_stage_that_comes_out_the_same_does_not_disturb_what_copies_from_it()
    {
        using var builder = new BuilderProgram();
        var context = Prepare(builder);
        (await BuildAsync(builder, context)).ExpectSuccess();
        var changed = Dockerfile.Replace("RUN cat /a.txt > /made", "RUN cat /a.txt /dev/null > /made", StringComparison.Ordinal);
        builder.Files.Write("context/Dockerfile", changed);
        var second = (await BuildAsync(builder, context)).ExpectSuccess();
        Assert.DoesNotContain("second stage\n", second.Error.Replace("RUN echo second stage\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_cache_runs_everything()
    {
        using var builder = new BuilderProgram();
        var context = Prepare(builder);
        (await BuildAsync(builder, context)).ExpectSuccess();
        var again = (await BuildAsync(builder, context, "--no-cache")).ExpectSuccess();
        Assert.DoesNotContain("CACHED", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_arg_that_is_declared_is_part_of_what_follows()
    {
        using var builder = new BuilderProgram();
        var context = Prepare(builder);
        builder.Files.Write("context/Dockerfile", "FROM base\nRUN true\nARG A=1\nRUN echo a is $A\n");
        (await BuildAsync(builder, context, "--build-arg", "A=2")).ExpectSuccess();
        var other = (await BuildAsync(builder, context, "--build-arg", "A=3")).ExpectSuccess();
        Assert.Contains("a is 3", other.Error, StringComparison.Ordinal);
        Assert.Single(other.Error.Split('\n'), line => line.Contains("DONE", StringComparison.Ordinal));
    }

    /// <summary>A name is looked up once, unless the user asks what it means now.</summary>
    [Fact]
    public async Task A_base_that_moved_in_its_registry_is_noticed_with_pull()
    {
        Tool.Require("skopeo");
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        await PushBaseAsync(builder, registry, "first");
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", $"FROM {registry.Host}/moving:latest\nRUN cat /which\n");
        Assert.Contains(" first\n", (await builder.RunAsync("build", context)).ExpectSuccess().Error, StringComparison.Ordinal);

        await PushBaseAsync(builder, registry, "second");
        Assert.DoesNotContain("DONE", (await builder.RunAsync("build", context)).ExpectSuccess().Error, StringComparison.Ordinal);
        Assert.Contains(" second\n", (await builder.RunAsync("build", "--pull", context)).ExpectSuccess().Error, StringComparison.Ordinal);
    }

    private static async Task PushBaseAsync(BuilderProgram builder, RegistryServer registry, string content)
    {
        using var other = new BuilderProgram();
        BusyboxBase.Make(other.Files.PathOf("base"));
        var context = other.Files.Folder("context");
        other.Files.Write("context/Dockerfile", "FROM base\nCOPY which /\n");
        other.Files.Write("context/which", content + "\n");
        var archive = builder.Files.PathOf(content + ".tar");
        (await other.RunAsync("build", "-t", "moving", "-o", $"type=docker,dest={archive}", "--build-context", $"base={other.Files.PathOf("base")}", context)).ExpectSuccess();
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false", $"docker-archive:{archive}", $"docker://{registry.Host}/moving:latest")).ExpectSuccess();
    }

    private static string Prepare(BuilderProgram builder)
    {
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile);
        builder.Files.Write("context/.dockerignore", "Dockerfile\n.dockerignore\n");
        builder.Files.Write("context/a.txt", "a");
        builder.Files.Write("context/b.txt", "b");
        BusyboxBase.Make(builder.Files.PathOf("base"));
        return context;
    }

    private static Task<ToolResult> BuildAsync(BuilderProgram builder, string context, params string[] options) =>
        builder.RunAsync(["build", "--build-context", $"base={builder.Files.PathOf("base")}", .. options, context]);
}
