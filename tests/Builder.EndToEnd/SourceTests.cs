using Builder.EndToEnd.Support;
using Builder.Testing;
using Builder.Testing.Http;

namespace Builder.EndToEnd;

/// <summary>Where a build's bytes come from, seen from outside: URLs, repositories, archives, standard input.</summary>
public sealed class SourceTests
{
    private const string Modified = "Wed, 21 Oct 2015 07:28:00 GMT";

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Add_takes_urls(Caller caller)
    {
        var content = "hello\n";
        await using var server = new TestServer(request => request["If-None-Match"] == $"\"{content.Length}\""
            ? new TestResponse(304)
            : TestResponse.Text(200, content).With("ETag", $"\"{content.Length}\"").With("Last-Modified", Modified));
        using var builder = new BuilderProgram(caller: caller);
        var context = Context(builder, $"""
            FROM scratch
            ADD http://{server.Authority}/dir/file%20name.txt?x=1 /a/
            ADD --chown=1000:50 --chmod=750 http://{server.Authority}/b /b
            ADD --checksum=sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 http://{server.Authority}/ /c/
            """);
        var listed = await ListAsync(builder, context);
        Assert.Equal(
            ["drwxr-xr-x 0/0 0 1970-01-01 00:00 a/", "-rw------- 0/0 6 2015-10-21 07:28 a/file name.txt", "-rwxr-x--- 1000/50 6 2015-10-21 07:28 b",
             "drwxr-xr-x 0/0 0 1970-01-01 00:00 c/", "-rw------- 0/0 6 2015-10-21 07:28 c/__unnamed__"],
            listed);

        var again = (await builder.RunAsync(["build", "--progress=plain", context])).ExpectSuccess();
        Assert.DoesNotContain("DONE", again.Error, StringComparison.Ordinal);
        content = "changed\n";
        Assert.Equal(["6", "8", "8"], (await ListAsync(builder, context)).Where(line => line[0] == '-').Select(line => line.Split(' ')[2]).Order());
        Context(builder, $"FROM scratch\nADD --checksum=sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 http://{server.Authority}/other /\n");
        var changed = await builder.RunAsync("build", context);
        Assert.Contains("Dockerfile:2:1: error BLD1031: digest mismatch", changed.Expect(1).Error, StringComparison.Ordinal);
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_downloaded_archive_is_unpacked_when_asked_for()
    {
        var archive = new TarBuilder(modified: 1000).File("in/f", "x").Build();
        await using var server = new TestServer(_ => new TestResponse(200) { Body = archive });
        using var builder = new BuilderProgram();
        var context = Context(builder, $"FROM scratch\nADD http://{server.Authority}/x.tar /kept/\nADD --unpack=true http://{server.Authority}/x.tar /unpacked/\n");
        Assert.Equal(["kept/", "kept/x.tar", "unpacked/", "unpacked/in/", "unpacked/in/f"], Names(await ListAsync(builder, context)));
    }

    [Fact]
    public async Task A_server_without_the_file_is_an_error_at_the_line()
    {
        await using var server = new TestServer(_ => TestResponse.Text(404, "no"));
        using var builder = new BuilderProgram();
        var result = await builder.RunAsync("build", Context(builder, $"FROM scratch\nADD http://{server.Authority}/x /\n"));
        Assert.Contains("Dockerfile:2:1: error BLD4050", result.Expect(4).Error, StringComparison.Ordinal);
        Assert.Contains("invalid response status 404", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_repository_is_added_and_is_a_context(Caller caller)
    {
        using var builder = new BuilderProgram(caller: caller);
        await using var server = await RepositoryAsync(builder, "echo one > one; mkdir sub; printf 'FROM scratch\\nCOPY . /x/\\n' > sub/Dockerfile; echo two > sub/two; printf 'one\\n**/two\\n' > .dockerignore");
        var url = $"http://{server.Authority}/r.git";
        var context = Context(builder, $"FROM scratch\nADD {url}#main:sub /g/\n");
        Assert.Equal(
            ["drwxr-xr-x 0/0 0 1970-01-01 00:00 g/", "-rw-r--r-- 0/0 24 2020-09-13 12:26 g/Dockerfile", "-rw-r--r-- 0/0 4 2020-09-13 12:26 g/two"],
            await ListAsync(builder, context));
        Assert.Equal(["x/", "x/Dockerfile", "x/two"], Names(await ListAsync(builder, url + "#main:sub")));
        Assert.Equal(["x/", "x/.dockerignore", "x/one", "x/sub/", "x/sub/Dockerfile", "x/sub/two"], Names(await ListAsync(builder, url, "-f", "sub/Dockerfile")));
        builder.AssertNothingIsLeftBehind();
    }

    [Fact] // S2: git
    public async Task A_repositorys_time_is_the_images()
    {
        using var builder = new BuilderProgram();
        await using var server = await RepositoryAsync(builder, "printf 'FROM scratch\\nARG SOURCE_DATE_EPOCH\\nLABEL at=$SOURCE_DATE_EPOCH\\nCOPY . /\\n' > Dockerfile");
        var image = (await builder.RunAsync("build", "-t", "dated", "--build-arg", "SOURCE_DATE_EPOCH=context", $"http://{server.Authority}/r.git")).ExpectSuccess();
        var inspected = (await builder.RunAsync("inspect", "dated")).ExpectSuccess().Output;
        Assert.Contains("2020-09-13T12:26:40", inspected, StringComparison.Ordinal);
        Assert.Contains("\"1600000000\"", inspected, StringComparison.Ordinal);
        Assert.NotEmpty(image.Output);
    }

    [Fact]
    public async Task Named_contexts_from_everywhere()
    {
        using var builder = new BuilderProgram();
        await using var git = await RepositoryAsync(builder, "echo one > one");
        await using var http = new TestServer(_ => TestResponse.Text(200, "hello"));
        builder.Files.Write("other/kept", "k");
        builder.Files.Write("other/left", "l");
        builder.Files.Write("other/.dockerignore", "left");
        var context = Context(builder, "FROM repo\nCOPY --from=web / /web/\nCOPY --from=dir / /dir/\nCOPY --from=repo one /two\n");
        var listed = await ListAsync(
            builder, context, "--build-context", $"repo=http://{git.Authority}/r.git", "--build-context", $"web=http://{http.Authority}/some/name",
            "--build-context", "dir=" + builder.Files.PathOf("other"));
        Assert.Equal(["dir/", "dir/.dockerignore", "dir/kept", "one", "two", "web/", "web/context"], Names(listed));
        var wrong = await builder.RunAsync("build", "--build-context", "dir=target:x", context);
        Assert.Contains("BLD2067", wrong.Expect(2).Error, StringComparison.Ordinal);
    }

    [Theory] // Q3: its ignore file is a file like others
    [InlineData("cf")]
    [InlineData("czf")]
    [InlineData("cjf")]
    [InlineData("cJf")]
    [InlineData("--zstd -cf")]
    public async Task An_archive_on_standard_input(string how)
    {
        Tool.Require("tar", "bzip2", "xz", "zstd");
        using var builder = new BuilderProgram();
        Context(builder, "FROM scratch\nCOPY . /\n");
        builder.Files.Write("context/a", "a");
        builder.Files.Write("context/.dockerignore", "a");
        var archive = builder.Files.PathOf("context.tar");
        (await Tool.RunAsync("tar", [.. how.Split(' '), archive, "-C", builder.Files.PathOf("context"), "."])).ExpectSuccess();
        Assert.Equal([".dockerignore", "Dockerfile", "a"], Names(await ListFromAsync(builder, archive)));
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_dockerfile_on_standard_input_is_a_context_without_files()
    {
        using var builder = new BuilderProgram();
        var file = builder.Files.Write("some", "FROM scratch\nCOPY <<x /a\nhello\nx\nCOPY . /all/\n");
        Assert.Equal(["a", "all/"], Names(await ListFromAsync(builder, file)));
        var missing = builder.Files.Write("some", "FROM scratch\nCOPY a /\n");
        Assert.Contains("\"/a\": not found", (await FromAsync(builder, missing)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_and_a_dockerfile_behind_urls()
    {
        var archive = new TarBuilder(modified: 1000).File("Dockerfile", "FROM scratch\nCOPY a /\n").File("a", "x").Build();
        await using var server = new TestServer(request => request.Path == "/tar" ? new TestResponse(200) { Body = archive } : TestResponse.Text(200, "FROM scratch\nCOPY <<x /b\nx\n"));
        using var builder = new BuilderProgram();
        Assert.Equal(["a"], Names(await ListAsync(builder, $"http://{server.Authority}/tar")));
        Assert.Equal(["b"], Names(await ListAsync(builder, $"http://{server.Authority}/file")));
    }

    [Theory]
    [InlineData("cut", "BLD1033", 1)]
    [InlineData("no dockerfile", "BLD3090", 3)]
    [InlineData("outside", "BLD3090", 3)]
    [InlineData("garbage", "BLD1033", 1)]
    [InlineData("nothing", "BLD1033", 1)]
    public async Task Bad_archives(string what, string code, int status)
    {
        using var builder = new BuilderProgram();
        builder.Files.Write("Dockerfile", "FROM scratch\nLABEL stolen=yes\n");
        var archive = builder.Files.PathOf("bad.tar");
        var good = new TarBuilder().File("Dockerfile", "FROM scratch\n" + new string('#', 2000)).Build();
        File.WriteAllBytes(archive, what switch
        {
            "cut" => good[..1000],
            "no dockerfile" => new TarBuilder().File("x", "x").Build(),
            "outside" => new TarBuilder().Symlink("Dockerfile", builder.Files.PathOf("Dockerfile")).File("../../../../escaped", "x").Build(),
            "garbage" => [0, 1, 2, 3, .. new byte[600]],
            _ => [],
        });
        var result = await FromAsync(builder, archive);
        Assert.Contains("error " + code, result.Expect(status).Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(builder.Files.Path, "escaped", SearchOption.AllDirectories));
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task What_no_step_asks_for_need_not_be_readable()
    {
        Tool.RequireRoot();
        using var builder = new BuilderProgram(caller: Caller.User);
        var context = Context(builder, "FROM scratch\nCOPY open dir/open /\n");
        builder.Files.Write("context/open", "x", "644");
        builder.Files.Write("context/dir/open", "y", "644");
        builder.Files.Write("context/closed", "secret", "000");
        builder.Files.Write("context/dir/closed", "secret", "000");
        builder.Files.Write("context/shut/file", "secret", "000");
        (await Tool.RunAsync("chown", "-R", "0:0", context)).ExpectSuccess();
        (await Tool.RunAsync("chmod", "700", builder.Files.PathOf("context/shut"))).ExpectSuccess();
        Assert.Equal(["open"], Names(await ListAsync(builder, context)));
        Context(builder, "FROM scratch\nCOPY . /\n");
        var refused = await builder.RunAsync("build", context);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("permission denied", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_argument_without_a_value_has_that_of_the_environment()
    {
        using var builder = new BuilderProgram();
        var context = Context(builder, "FROM scratch\nARG GIVEN=default\nARG ABSENT=default\nARG VOID=default\nCOPY <<x /\n$GIVEN|$ABSENT|$VOID\nx\n");
        var files = builder.Files.PathOf("files");
        var options = new ToolOptions { Environment = new Dictionary<string, string> { ["GIVEN"] = "from outside", ["VOID"] = "" } };
        (await builder.RunAsync(["build", "--build-arg", "GIVEN", "--build-arg", "ABSENT", "--build-arg", "VOID", "-o", files, context], options)).ExpectSuccess();
        Assert.Equal("from outside|default|\n", await File.ReadAllTextAsync(Path.Combine(files, "x")));
    }

    [Fact]
    public async Task Standard_input_is_read_once()
    {
        using var builder = new BuilderProgram();
        Assert.Contains("BLD2066", (await builder.RunAsync("build", "-f", "-", "-")).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Normal_modes_make_one_image_of_two_checkouts()
    {
        using var builder = new BuilderProgram();
        var context = Context(builder, "FROM scratch\nCOPY . /\n");
        builder.Files.Write("context/dir/run", "x", "700");
        builder.Files.Write("context/dir/file", "x", "600");
        foreach (var path in Directory.EnumerateFileSystemEntries(context, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        }

        var strict = await ListAsync(builder, context, "--context-mode=normalize");
        Assert.Equal(["-rw-r--r--", "drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"], strict.Select(line => line.Split(' ')[0]));
        builder.Files.Write("context/dir/run", "x", "775");
        builder.Files.Write("context/dir/file", "x", "664");
        var loose = (await builder.RunAsync("build", "--progress=plain", "--context-mode=normalize", context)).ExpectSuccess();
        Assert.DoesNotContain("DONE", loose.Error, StringComparison.Ordinal);
    }

    private static string Context(BuilderProgram builder, string dockerfile) => Path.GetDirectoryName(builder.Files.Write("context/Dockerfile", dockerfile))!;

    private static Task<string[]> ListAsync(BuilderProgram builder, string context, params string[] flags) => ListAsync(builder, ["build", .. flags, context], null);

    private static Task<string[]> ListFromAsync(BuilderProgram builder, string stdin) => ListAsync(builder, ["build", "-"], stdin);

    /// <summary>The files of the image, as tar lists them.</summary>
    private static async Task<string[]> ListAsync(BuilderProgram builder, string[] command, string? stdin)
    {
        var archive = builder.Files.PathOf($"out-{Guid.NewGuid():n}.tar");
        string[] arguments = [.. command[..1], "-o", "type=tar,dest=" + archive, .. command[1..]];
        (stdin is null ? await builder.RunAsync(arguments) : await FromAsync(builder, stdin, arguments)).ExpectSuccess();
        var listed = (await Tool.RunAsync("tar", ["tvf", archive, "--numeric-owner"], new ToolOptions { Environment = new Dictionary<string, string> { ["TZ"] = "UTC", ["LC_ALL"] = "C" } })).ExpectSuccess();
        return [.. listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(' ', line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)))];
    }

    private static string[] Names(string[] listed) => [.. listed.Select(line => line.Split(' ', 6)[5])];

    /// <summary>Runs it with a file as standard input.</summary>
    private static Task<ToolResult> FromAsync(BuilderProgram builder, string stdin, string[]? arguments = null) =>
        builder.RunAsync(arguments ?? ["build", "-"], new ToolOptions { InputFile = stdin });

    private static async Task<TestServer> RepositoryAsync(BuilderProgram builder, string script)
    {
        Tool.Require("git");
        var work = builder.Files.Folder("work");
        var environment = new Dictionary<string, string>
        {
            ["GIT_CONFIG_GLOBAL"] = "/dev/null", ["GIT_CONFIG_NOSYSTEM"] = "1", ["GIT_AUTHOR_NAME"] = "n", ["GIT_AUTHOR_EMAIL"] = "e", ["GIT_COMMITTER_NAME"] = "n",
            ["GIT_COMMITTER_EMAIL"] = "e", ["GIT_COMMITTER_DATE"] = "@1600000000 +0000", ["GIT_AUTHOR_DATE"] = "@1600000000 +0000",
        };
        script = $"set -e; git init -q -b main .; {script}; git add -A; git commit -qm one; git clone -q --bare --no-local . ../r.git; cd ../r.git; git update-server-info";
        (await Tool.RunAsync("sh", ["-c", script], new ToolOptions { WorkingDirectory = work, Environment = environment })).ExpectSuccess();
        return new TestServer(request =>
        {
            var path = builder.Files.PathOf(Uri.UnescapeDataString(request.Path).TrimStart('/'));
            return File.Exists(path) ? new TestResponse(200) { Body = File.ReadAllBytes(path) } : TestResponse.Text(404, "no");
        });
    }
}
