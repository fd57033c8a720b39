using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What a user gets wrong has one clear message and its exit code, and leaves nothing behind.</summary>
public sealed class BadInputTests
{
    [Fact]
    public Task A_missing_dockerfile() => FailsAsync(3, null, ["failed to read dockerfile", "Dockerfile: no such file", "hint: name it with -f"]);

    [Fact]
    public Task A_missing_context() => FailsAsync(2, "FROM scratch", ["error BLD2060", "nowhere does not exist"], context: "nowhere");

    [Fact]
    public Task An_unknown_instruction() => FailsAsync(
        3,
        "FROM scratch\nRUNN make\n",
        ["Dockerfile:2:1: error BLD3003:", "unknown instruction: RUNN (did you mean RUN?)", "    2 | RUNN make\n      | ^^^^"]);

    [Fact]
    public Task A_syntax_error_points_at_the_word() => FailsAsync(
        3,
        "FROM scratch\nCOPY --form=x a \\\n  b\n",
        ["Dockerfile:2:6: error", "unknown flag: --form", "did you mean", "    2 | COPY --form=x a \\\n      |      ^"]);

    [Fact]
    public Task A_missing_copy_source() => FailsAsync(
        1,
        "FROM scratch\nCOPY a.txt nothere.txt /x/\n",
        ["Dockerfile:2:12: error BLD1002:", "\"/nothere.txt\": not found", "    2 | COPY a.txt nothere.txt /x/\n      |            ^^^^^^^^^^^"]);

    [Fact]
    public Task A_source_that_an_ignore_file_hides() => FailsAsync(1, "FROM scratch\nCOPY hidden.txt /\n", ["\"/hidden.txt\": not found", "hint: an ignore file excludes it"]);

    [Theory]
    [InlineData("exit 7", "exit code: 7")]
    [InlineData("echo to the log; nosuchprogram", "exit code: 127")]
    [InlineData("sh -c 'kill -9 $$; true'; exit $?", "exit code: 137")]
    public Task A_failing_step(string command, string outcome) => FailsAsync(
        1,
        $"FROM base\nRUN true\nRUN echo before it fails; {command}\nRUN echo never\n",
        ["Dockerfile:3:1: error BLD1001:", $"process \"/bin/sh -c echo before it fails; {command}\" did not complete successfully", outcome, "    3 | RUN echo before", "before it fails"]);

    [Fact]
    public Task A_program_that_is_not_there() => FailsAsync(1, "FROM base\nRUN [\"/no/such/program\"]\n", ["Dockerfile:2:1: error BLD1200:", "/no/such/program"]);

    [Fact]
    public Task An_unreachable_registry() => FailsAsync(4, "FROM 127.0.0.1:1/nothing:here\n", ["error BLD4", "127.0.0.1:1", "connection refused"]);

    [Fact]
    public Task An_unknown_target() => FailsAsync(3, "FROM scratch AS a\n", ["target stage \"b\" could not be found"], options: ["--target", "b"]);

    [Fact]
    public Task A_variable_that_must_be_set() => FailsAsync(3, "FROM base\nENV A=${B:?needed}\n", ["Dockerfile:2:", "B: needed"]);

    [Fact]
    public Task An_unknown_option() => FailsAsync(2, "FROM scratch\n", ["error BLD2001: unknown option --tga", "did you mean --tag?"], options: ["--tga", "x"]);

    [Fact]
    public Task A_bad_name() => FailsAsync(2, "FROM scratch\n", ["invalid reference format", "repository name must be lowercase"], options: ["-t", "Upper"]);

    [Fact]
    public Task A_bad_output() => FailsAsync(1, "FROM base\n", ["cannot be written"], options: ["-o", "type=docker,dest=/nowhere/x.tar"]);

    [Theory]
    [InlineData("COPY sub /", "the file /sub/private cannot be read: permission denied")]
    [InlineData("COPY sub/private /", "the file /sub/private cannot be read: permission denied")]
    [InlineData("COPY closed /", "the folder /closed cannot be read: permission denied")]
    [InlineData("COPY closed/* /", "the source /closed/* cannot be read: permission denied")]
    public async Task A_file_of_the_context_that_the_user_may_not_read(string step, string message)
    {
        using var scene = new BuildScene(Caller.User);
        scene.Files.Write("context/sub/private", "x", mode: "000");
        File.SetUnixFileMode(Directory.CreateDirectory(scene.Files.PathOf("context/closed")).FullName, UnixFileMode.None);
        try
        {
            var built = (await scene.BuildAsync($"FROM scratch\n{step}\n")).Expect(5);
            Assert.Contains($"Dockerfile:2:1: error BLD5200: {message}", built.Error, StringComparison.Ordinal);
            Assert.Contains("hint: make it readable", built.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(scene.Files.PathOf("context/closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A disk of its own for the store: small, and gone afterwards.</summary>
    [Theory]
    [InlineData("COPY big /big\n", 5, "error BLD5101: the store's disk is full")]
    [InlineData("RUN dd if=/dev/zero of=/big bs=1M count=20\n", 1, "No space left on device")]
    public async Task A_full_disk(string step, int exitCode, string message)
    {
        Tool.RequireRoot();
        Tool.Require("mount", "umount");
        using var builder = new BuilderProgram();
        BusyboxBase.Make(builder.Files.PathOf("base"));
        builder.Files.Write("context/Dockerfile", "FROM base\n" + step);
        builder.Files.Write("context/big", new string('x', 20_000_000));
        var store = builder.Files.Folder("store");
        (await Tool.RunAsync("mount", "-t", "tmpfs", "-o", "size=8m", "none", store)).ExpectSuccess();
        try
        {
            var built = (await builder.RunAsync("build", "--build-context", $"base={builder.Files.PathOf("base")}", builder.Files.PathOf("context"))).Expect(exitCode);
            Assert.Contains(message, built.Error, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(store, "tmp")));
        }
        finally
        {
            (await Tool.RunAsync("umount", store)).ExpectSuccess();
        }

        builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData("garbage", "this is no archive")]
    [InlineData("empty", "")]
    public async Task A_corrupt_archive(string name, string content)
    {
        using var builder = new BuilderProgram();
        var file = builder.Files.Write(name, content);
        var loaded = (await builder.RunAsync("load", "-i", file)).Expect(1);
        Assert.Contains("error BLD11", loaded.Error, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_truncated_archive_leaves_no_half_image()
    {
        using var builder = new BuilderProgram();
        var whole = await SaveSmallImageAsync(builder);
        var bytes = await File.ReadAllBytesAsync(whole);
        var cut = builder.Files.PathOf("cut.tar");
        await File.WriteAllBytesAsync(cut, bytes[..(bytes.Length / 2)]);
        using var other = new BuilderProgram();
        var loaded = (await other.RunAsync("load", "-i", cut)).Expect(1);
        Assert.Contains("error BLD11", loaded.Error, StringComparison.Ordinal);
        Assert.Single((await other.RunAsync("images")).ExpectSuccess().Output.Trim().Split('\n'));
        other.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task An_archive_whose_bytes_were_changed_is_refused()
    {
        using var builder = new BuilderProgram();
        var whole = await SaveSmallImageAsync(builder);
        var bytes = await File.ReadAllBytesAsync(whole);
        var place = bytes.AsSpan().IndexOf("canary in a layer"u8);
        bytes[place] ^= 1;
        await File.WriteAllBytesAsync(whole, bytes);
        using var other = new BuilderProgram();
        (await other.RunAsync("load", "-i", whole)).Expect(1);
        Assert.Single((await other.RunAsync("images")).ExpectSuccess().Output.Trim().Split('\n'));
    }

    [Fact]
    public async Task An_unknown_image()
    {
        using var builder = new BuilderProgram();
        var saved = (await builder.RunAsync("save", "-o", builder.Files.PathOf("x.tar"), "nothing")).Expect(1);
        Assert.Contains("error BLD1007: no such image: nothing", saved.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(builder.Files.PathOf("x.tar")));
    }

    private static async Task<string> SaveSmallImageAsync(BuilderProgram builder)
    {
        var context = builder.Files.Folder("small");
        builder.Files.Write("small/Dockerfile", "FROM scratch\nCOPY file /\n");
        builder.Files.Write("small/file", "canary in a layer" + new string('x', 100_000));
        var archive = builder.Files.PathOf("small.tar");
        (await builder.RunAsync("build", "-t", "small", "-o", $"type=docker,dest={archive}", context)).ExpectSuccess();
        return archive;
    }

    private static async Task FailsAsync(int exitCode, string? dockerfile, string[] messages, string context = "context", string[]? options = null)
    {
        using var builder = new BuilderProgram();
        builder.Files.Folder("context");
        if (dockerfile is not null)
        {
            builder.Files.Write("context/Dockerfile", dockerfile);
        }

        builder.Files.Write("context/a.txt", "a");
        builder.Files.Write("context/hidden.txt", "hidden");
        builder.Files.Write("context/.dockerignore", "hidden.txt\n");
        BusyboxBase.Make(builder.Files.PathOf("base"));
        string[] arguments = ["build", "-t", "bad", "--build-context", $"base={builder.Files.PathOf("base")}", .. options ?? [], context.Contains("://", StringComparison.Ordinal) ? context : builder.Files.PathOf(context)];
        var result = (await builder.RunAsync(arguments)).Expect(exitCode);
        foreach (var message in messages)
        {
            Assert.Contains(message, result.Error, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Equal("", result.Output);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
        if (Directory.Exists(builder.Store))
        {
            Assert.DoesNotContain("bad ", (await builder.RunAsync("images")).ExpectSuccess().Output, StringComparison.Ordinal);
        }
    }
}
