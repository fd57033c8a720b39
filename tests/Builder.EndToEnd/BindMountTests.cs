using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>RUN --mount=type=bind</c> and <c>type=tmpfs</c> (dockerfile-language.md §3.4, M1 to M4 and M6).</summary>
public sealed class BindMountTests
{
    [Theory] // M3: below WORKDIR, or it; Q5; R8: mount points go
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task A_context_is_seen_read_only_without_what_is_ignored_and_as_roots(Caller caller)
    {
        using var scene = new BuildScene(caller);
        scene.Files.Write("context/sub/file", "hello");
        scene.Files.Write("context/ignored", "x");
        scene.Files.Write("context/.dockerignore", "ignored\n");
        var files = await scene.FilesOfAsync("""
            FROM base
            WORKDIR /work
            RUN --mount=target=/src test "$(cat /src/sub/file)" = hello && test ! -e /src/ignored && test "$(stat -c %u:%g /src/sub/file)" = 0:0
            RUN --mount=target=/src ! touch /src/new
            RUN --mount=source=sub/file,target=one test "$(cat /work/one)" = hello
            RUN --mount=source=sub ls && test "$(cat file)" = hello
            """);
        Assert.Equal(["work"], files);
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task What_is_written_to_a_writable_bind_is_gone_after_the_step(Caller caller)
    {
        using var scene = new BuildScene(caller);
        scene.Files.Write("context/file", "as it was");
        var files = await scene.FilesOfAsync("""
            FROM base AS other
            RUN mkdir /d && echo one > /d/a && echo two > /d/b
            FROM base
            RUN --mount=target=/src,rw echo new > /src/new && rm /src/file && test -e /src/new
            RUN --mount=target=/src,rw test -e /src/file && test ! -e /src/new
            RUN --mount=from=other,source=/d,target=/d,rw echo changed > /d/a && rm /d/b && test "$(cat /d/a)" = changed
            RUN --mount=from=other,source=/d,target=/d test "$(cat /d/a)" = one && test "$(cat /d/b)" = two
            RUN --mount=from=other,source=/d/a,target=/a,rw echo changed > /a && test "$(cat /a)" = changed
            RUN --mount=from=other,target=/all,rw test "$(stat -c %a:%u /all)" = 755:0 && rm -r /all/d && ! ls /all/d
            """);
        Assert.Empty(files);
        Assert.Equal("as it was", await File.ReadAllTextAsync(scene.Files.PathOf("context/file")));
        Assert.False(File.Exists(scene.Files.PathOf("context/new")));
    }

    /// <summary>CVE-2024-1753: a link in the source led the mount to the host.</summary>
    [Fact]
    public async Task A_link_in_the_source_stays_inside_what_it_is_in()
    {
        using var scene = new BuildScene();
        var outside = scene.Files.Folder("outside");
        scene.Files.Write("outside/canary", "precious");
        File.CreateSymbolicLink(scene.Files.PathOf("context/out"), outside);
        (await scene.BuildAsync("""
            FROM base AS other
            RUN ln -s / /root-link && ln -s ../../../../etc /etc-link && ln -s bin/busybox /file-link
            FROM base
            RUN --mount=from=other,source=/root-link,target=/m,rw test -e /m/root-link && echo x > /m/written
            RUN --mount=from=other,source=/etc-link,target=/m test "$(cat /m/passwd)" = "$(cat /etc/passwd)"
            RUN --mount=from=other,source=/file-link,target=/m/true /m/true
            """)).ExpectSuccess();
        (await scene.BuildAsync("FROM base\nRUN --mount=source=out,target=/m ls /m\n")).Expect(1);
        Assert.Equal(["canary"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.False(File.Exists("/written"));
    }

    [Theory]
    [InlineData("--mount=source=nope,target=/m", "4:13: error BLD1002", "\"/nope\": not found")]
    [InlineData("--mount=target=/n --mount=source=nope,target=/m", "4:31: error BLD1002", "\"/nope\": not found")]
    [InlineData("--mount=from=base,source=/nope,target=/m", "4:13: error BLD1002", "\"/nope\": not found")]
    [InlineData("--mount=from=other,source=/loop,target=/m", "4:13: error BLD1002", "\"/loop\": not found")]
    [InlineData("--mount=type=cache,from=base,source=/bin/sh,target=/m", "4:1: error BLD1014", "is no directory")]
    [InlineData("--mount=from=base,target=/proc/x", "4:1: error BLD1204", "belongs to the kernel")]
    public async Task What_cannot_be_mounted_is_said_with_its_place(string mount, string placeAndCode, string message)
    {
        using var scene = new BuildScene();
        var built = (await scene.BuildAsync($"FROM base AS other\nRUN ln -s loop /loop\nFROM base\nRUN {mount} true\n")).Expect(1);
        Assert.Contains("Dockerfile:" + placeAndCode, built.Error, StringComparison.Ordinal);
        Assert.Contains(message, built.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_content_of_the_source_is_in_the_key_and_nothing_else_of_the_context()
    {
        using var scene = new BuildScene();
        const string Dockerfile = """
            FROM base AS made
            COPY input /input
            RUN cat /input > /made
            FROM base
            RUN --mount=source=used,target=/u cat /u/file
            RUN --mount=from=made,source=/made,target=/m cat /m
            """;
        scene.Files.Write("context/used/file", "1");
        scene.Files.Write("context/input", "same");
        (await scene.BuildAsync(Dockerfile)).ExpectSuccess();
        scene.Files.Write("context/unused", "1");
        Assert.DoesNotContain("DONE", (await scene.BuildAsync(Dockerfile)).ExpectSuccess().Error, StringComparison.Ordinal);

        // The stage comes out the same by another way: what mounts from it is known.
        var second = (await scene.BuildAsync(Dockerfile.Replace("RUN cat /input > /made", "RUN cat /input /dev/null > /made", StringComparison.Ordinal))).ExpectSuccess();
        Assert.Single(second.Error.Split('\n'), line => line.Contains("DONE", StringComparison.Ordinal));

        scene.Files.Write("context/used/file", "2");
        Assert.Equal(2, (await scene.BuildAsync(Dockerfile)).ExpectSuccess().Error.Split('\n').Count(line => line.Contains("DONE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tmpfs_has_its_size_and_leaves_nothing()
    {
        using var scene = new BuildScene();
        Assert.Empty(await scene.FilesOfAsync("""
            FROM base
            RUN --mount=type=tmpfs,target=/t,size=1m test "$(stat -c %a /t)" = 1777 && ! dd if=/dev/zero of=/t/x bs=1024 count=3000 && test "$(stat -c %s /t/x)" = 1048576
            RUN --mount=type=tmpfs,target=/t,ro ! touch /t/x
            RUN --mount=type=tmpfs,target=/t/deep/down touch /t/deep/down/x
            RUN --mount=type=tmpfs,target=/etc touch /etc/x
            """));
    }
}
