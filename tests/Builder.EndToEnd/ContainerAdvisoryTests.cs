using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What went wrong elsewhere with whole programs: shared caches, copying, exec, the host's network.</summary>
public sealed class ContainerAdvisoryTests
{
    [Fact]
    public async Task CVE_2024_23651_a_shared_cache_whose_folders_become_links_never_shows_the_host()
    {
        using var scene = new BuildScene();
        var canary = scene.Files.Write("canary/file", "of the host");
        var flip = "for i in $(seq 300); do rm -rf /c/sub; ln -s " + Path.GetDirectoryName(canary) + " /c/sub; rm /c/sub; mkdir -p /c/sub; done; true";
        var look = string.Concat(Enumerable.Range(0, 6).Select(i =>
            $"RUN --mount=type=cache,id=x,target=/c --mount=type=cache,id=x,target=/c/sub --mount=type=bind,from=base,source=/etc,target=/c/sub/in ls -R /c > /seen{i} 2>/dev/null; cat /c/sub/file 2>/dev/null >> /seen{i}; true\n"));

        var result = await scene.BuildAsync(
            $"FROM base AS flipping\nRUN --mount=type=cache,id=x,target=/c {flip}\nFROM base AS looking\n{look}FROM scratch\nCOPY --from=flipping /bin/sh /a\nCOPY --from=looking /seen* /\n",
            "-o", $"type=local,dest={scene.Files.PathOf("out")}", "--keep-going");

        // A step whose mount met a link may fail; what it saw may not be the host's.
        Assert.DoesNotContain("of the host", result.Output + result.Error, StringComparison.Ordinal);
        if (Directory.Exists(scene.Files.PathOf("out")))
        {
            Assert.All(Directory.EnumerateFiles(scene.Files.PathOf("out"), "seen*"), path => Assert.DoesNotContain("of the host", File.ReadAllText(path), StringComparison.Ordinal));
        }

        Assert.Equal("of the host", await File.ReadAllTextAsync(canary, TestContext.Current.CancellationToken));
        Assert.Equal([canary], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(canary)!));
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task CVE_2020_15257_builder_has_no_abstract_socket_that_the_hosts_network_would_show()
    {
        using var scene = await ContainerScene.CreateAsync();
        var id = await scene.StartServiceAsync("web", "--network", "host");
        var inodes = Directory.EnumerateFiles($"/proc/{SupervisorOf(id)}/fd").Select(path => new FileInfo(path).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target["socket:[".Length..^1]).ToHashSet();

        // Columns of /proc/net/unix: the seventh is the inode, the eighth the name, with @ in front for an abstract one.
        var unix = (await scene.OutputAsync("exec", "web", "cat", "/proc/net/unix")).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length >= 7).ToList();

        Assert.NotEmpty(inodes);
        Assert.Contains(unix, words => inodes.Contains(words[6]));
        Assert.DoesNotContain(unix, words => inodes.Contains(words[6]) && words.Length > 7 && words[7].StartsWith('@'));
    }

    [Fact]
    public async Task CVE_2019_14271_nothing_of_an_image_is_loaded_when_files_are_copied_or_programs_started()
    {
        using var scene = await ContainerScene.CreateAsync();

        // Whoever opens one of these waits for ever.
        const string Traps = "for f in /etc/nsswitch.conf /etc/localtime /lib/libnss_files.so.2 /lib/x86_64-linux-gnu/libnss_files.so.2 /lib/x86_64-linux-gnu/libc.so.6 /etc/ld.so.cache /etc/ld.so.preload; do mkdir -p ${f%/*}; rm -f $f; mkfifo $f; done; echo ready";
        (await scene.RunAsync("run", "-d", "--name", "web", "app", "sh", "-c", Traps + "; " + ContainerScene.Service)).ExpectSuccess();
        await ContainerScene.UntilAsync(async () => (await scene.OutputAsync("logs", "web")).Contains("ready\nready", StringComparison.Ordinal));
        scene.Files.Write("in", "copied");

        (await scene.RunAsync("cp", scene.Files.PathOf("in"), "web:/tmp/in")).ExpectSuccess();
        (await scene.RunAsync("cp", "web:/built", scene.Files.PathOf("out"))).ExpectSuccess();
        Assert.Equal("1000\n", await scene.OutputAsync("exec", "-u", "ann", "web", "id", "-u"));
        Assert.Contains("A /etc/nsswitch.conf", await scene.OutputAsync("diff", "web"), StringComparison.Ordinal);
        (await scene.RunAsync("commit", "web", "trapped")).ExpectSuccess();
        Assert.Equal("1000\n", await scene.OutputAsync("run", "--rm", "-u", "ann", "trapped", "id", "-u"));
    }

    private static string SupervisorOf(string id) => Path.GetFileName(Directory.EnumerateDirectories("/proc").First(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Contains($"container-supervise\0{id}", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }));
}
