using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Files of containers: copied in and out, compared, made into images, moved to another store.</summary>
public sealed class ContainerFileTests
{
    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Files_are_copied_by_dockers_rules(Caller caller)
    {
        using var scene = await ContainerScene.CreateAsync(caller);
        await scene.StartServiceAsync("web");
        scene.Files.Write("in/one", "1");
        scene.Files.Write("in/deep/two", "2");
        (await scene.RunAsync("cp", scene.Files.PathOf("in/one"), "web:/tmp/")).ExpectSuccess();
        (await scene.RunAsync("cp", scene.Files.PathOf("in/one"), "web:/tmp/renamed")).ExpectSuccess();
        (await scene.RunAsync("cp", scene.Files.PathOf("in"), "web:/new")).ExpectSuccess();
        (await scene.RunAsync("cp", scene.Files.PathOf("in"), "web:/new")).ExpectSuccess();
        (await scene.RunAsync("cp", scene.Files.PathOf("in") + "/.", "web:/tmp")).ExpectSuccess();
        (await scene.RunAsync("cp", scene.Files.PathOf("in"), "web:/tmp/one")).Expect(1);
        (await scene.RunAsync("cp", scene.Files.PathOf("no-such-file"), "web:/tmp")).Expect(1);
        (await scene.RunAsync("cp", scene.Files.PathOf("in/one"), "web:/no/such/folder/")).Expect(1);
        Assert.Equal(
            "/new\n/new/deep\n/new/deep/two\n/new/in\n/new/in/deep\n/new/in/deep/two\n/new/in/one\n/new/one\n",
            string.Concat((await scene.OutputAsync("exec", "web", "find", "/new")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(line => line + "\n")));
        Assert.Equal("1" + "1" + "2", await scene.OutputAsync("exec", "web", "cat", "/tmp/one", "/tmp/renamed", "/tmp/deep/two"));

        // Stopped containers have files, too.
        (await scene.RunAsync("stop", "-t", "0", "web")).ExpectSuccess();
        var outFolder = scene.Files.Folder("out");
        (await scene.RunAsync("cp", "web:/new/.", outFolder)).ExpectSuccess();
        (await scene.RunAsync("cp", "web:/tmp/renamed", outFolder + "/named")).ExpectSuccess();
        Assert.Equal("2", await File.ReadAllTextAsync(Path.Combine(outFolder, "deep/two")));
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(outFolder, "named")));
        (await scene.RunAsync("cp", scene.Files.PathOf("in/one"), "web:/later")).ExpectSuccess();
        Assert.Contains("A /later", await scene.OutputAsync("diff", "web"), StringComparison.Ordinal);
        (await scene.RunAsync("cp", "web:/later", "web:/elsewhere")).Expect(2);
    }

    [Fact]
    public async Task Links_of_a_container_lead_nowhere_outside()
    {
        using var scene = await ContainerScene.CreateAsync();
        var secret = scene.Files.Write("host/secret", "of the host");
        await scene.StartServiceAsync("web");
        (await scene.RunAsync("exec", "web", "sh", "-c", $"ln -s {secret} /file; ln -s {scene.Files.PathOf("host")} /folder; ln -s ../../../../../../.. /top")).ExpectSuccess();
        var outFolder = scene.Files.Folder("out");
        (await scene.RunAsync("cp", "-L", "web:/file", outFolder + "/taken")).Expect(1);
        Assert.False(File.Exists(Path.Combine(outFolder, "taken")));
        (await scene.RunAsync("cp", "web:/file", outFolder + "/link")).ExpectSuccess();
        Assert.Equal(secret, new FileInfo(Path.Combine(outFolder, "link")).LinkTarget);
        scene.Files.Write("in/secret", "written by a container");
        (await scene.RunAsync("cp", scene.Files.PathOf("in/secret"), "web:/folder/")).Expect(1);
        (await scene.RunAsync("cp", scene.Files.PathOf("in/secret"), "web:/top/etc/here")).ExpectSuccess();
        Assert.Equal("of the host", await File.ReadAllTextAsync(secret));
        Assert.Equal("written by a container", await scene.OutputAsync("exec", "web", "cat", "/etc/here"));
    }

    [Fact]
    public async Task Changes_are_told_and_become_an_image()
    {
        using var scene = await ContainerScene.CreateAsync();
        await scene.StartServiceAsync("web");
        (await scene.RunAsync("exec", "web", "sh", "-c", "mkdir /new; echo n > /new/file; rm /built; echo more >> /etc/passwd; chmod 700 /tmp")).ExpectSuccess();
        Assert.Equal("D /built\nC /etc\nC /etc/passwd\nA /new\nA /new/file\nC /tmp\n", await scene.OutputAsync("diff", "web"));
        Assert.Contains("{\"Path\":\"/built\",\"Type\":\"D\"}", await scene.OutputAsync("diff", "--format", "json", "web"), StringComparison.Ordinal);
        var id = (await scene.OutputAsync("commit", "-a", "somebody", "-m", "a message", "-c", "CMD [\"cat\", \"/new/file\"]", "-c", "ENV C=$A.1", "web", "changed:1")).Trim();
        Assert.StartsWith("sha256:", id, StringComparison.Ordinal);
        Assert.Equal("n\n", await scene.OutputAsync("run", "--rm", "changed:1"));
        Assert.Equal("1.1 gone\n", await scene.OutputAsync("run", "--rm", "changed:1", "sh", "-c", "test -e /built || echo $C gone"));
        Assert.Equal("somebody", (await scene.OutputAsync("inspect", "-f", "{{.Author}}", "changed:1")).Trim());
        Assert.Contains("a message", await scene.OutputAsync("history", "changed:1"), StringComparison.Ordinal);
        Assert.Contains("no change", (await scene.RunAsync("commit", "-c", "RUN true", "web", "bad")).Expect(1).Error, StringComparison.Ordinal);

        // It goes on afterwards.
        (await scene.RunAsync("exec", "web", "true")).ExpectSuccess();
        (await scene.RunAsync("check-store")).ExpectSuccess();
    }

    [Fact]
    public async Task A_container_moves_to_another_store_and_starts_there()
    {
        using var from = await ContainerScene.CreateAsync();
        using var to = await ContainerScene.CreateAsync();
        (await from.RunAsync("run", "--name", "traveller", "-e", "B=2", "--memory", "64m", "-h", "box", "--label", "kind=test", "app", "sh", "-c", "echo x >> /file; cat /file; echo $B; hostname")).ExpectSuccess();
        var archive = to.Files.PathOf("traveller.tar");
        (await from.RunAsync("container", "export", "traveller", "-o", archive)).ExpectSuccess();
        (await to.RunAsync("container", "import", archive)).ExpectSuccess();
        Assert.Equal("x\nx\n2\nbox\n", await to.OutputAsync("start", "-a", "traveller"));
        Assert.Equal("67108864 test", (await to.OutputAsync("inspect", "-f", "{{.HostConfig.Memory}} {{index .Config.Labels \"kind\"}}", "traveller")).Trim());
        Assert.Contains("taken", (await to.RunAsync("container", "import", archive)).Expect(1).Error, StringComparison.Ordinal);
        (await to.RunAsync("container", "import", "--name", "second", archive)).ExpectSuccess();
        (await to.RunAsync("commit", "second", "moved")).ExpectSuccess();
        to.Files.Write("no.tar", "nonsense");
        (await to.RunAsync("container", "import", to.Files.PathOf("no.tar"))).Expect(1);
        (await to.RunAsync("check-store")).ExpectSuccess();
    }

    [Fact]
    public async Task A_checkpoint_goes_along_when_a_container_moves_live()
    {
        using var from = await ContainerScene.CreateAsync();
        using var to = await ContainerScene.CreateAsync();
        var id = (await from.OutputAsync("create", "--name", "traveller", "app")).Trim();
        var archive = to.Files.PathOf("traveller.tar");
        Assert.Contains("has no checkpoint", (await from.RunAsync("container", "export", "--live", "traveller", "-o", archive)).Expect(1).Error, StringComparison.Ordinal);
        var written = Directory.CreateDirectory(Path.Combine(from.Builder.Store, "containers", id, "checkpoint")).FullName;
        await File.WriteAllTextAsync(Path.Combine(written, "pages-1.img"), "memory", TestContext.Current.CancellationToken);

        (await from.RunAsync("container", "export", "--live", "traveller", "-o", archive)).ExpectSuccess();
        var moved = (await to.OutputAsync("container", "import", archive)).Trim();

        Assert.Equal("memory", await File.ReadAllTextAsync(Path.Combine(to.Builder.Store, "containers", moved, "checkpoint/pages-1.img"), TestContext.Current.CancellationToken));
        (await to.RunAsync("restore", "traveller")).Expect(125);
        (await to.RunAsync("check-store")).ExpectSuccess();
        (await to.RunAsync("rm", "traveller")).ExpectSuccess();
        Assert.Contains("has no checkpoint", (await from.RunAsync("restore", (await from.OutputAsync("create", "app")).Trim())).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_goes_on_from_its_checkpoint()
    {
        Tool.Require("criu");
        var check = await Tool.RunAsync("criu", "check");
        using var scene = await ContainerScene.CreateAsync();
        (await scene.RunAsync("run", "-d", "--name", "counter", "app", "sh", "-c", "i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.05; done")).ExpectSuccess();
        await ContainerScene.UntilAsync(async () => (await scene.RunAsync("exec", "counter", "cat", "/count")).Output.Length > 1);
        if (check.ExitCode != 0)
        {
            Assert.Contains("'criu check' fails here", (await scene.RunAsync("checkpoint", "counter")).Expect(5).Error, StringComparison.Ordinal);
            (await scene.RunAsync("exec", "counter", "true")).ExpectSuccess();
            Assert.Skip("criu's own check fails here: " + check.Error);
        }

        (await scene.RunAsync("checkpoint", "counter")).ExpectSuccess();
        Assert.Equal("exited", (await scene.OutputAsync("inspect", "-f", "{{.State.Status}}", "counter")).Trim());
        var archive = scene.Files.PathOf("live.tar");
        (await scene.RunAsync("container", "export", "--live", "counter", "-o", archive)).ExpectSuccess();
        (await scene.RunAsync("restore", "counter")).ExpectSuccess();
        var before = int.Parse(await scene.OutputAsync("exec", "counter", "cat", "/count"), System.Globalization.CultureInfo.InvariantCulture);
        await ContainerScene.UntilAsync(async () => int.TryParse((await scene.OutputAsync("exec", "counter", "cat", "/count")).Trim(), out var now) && now > before);
        (await scene.RunAsync("rm", "-f", "counter")).ExpectSuccess();
        (await scene.RunAsync("container", "import", archive)).ExpectSuccess();
        (await scene.RunAsync("restore", "counter")).ExpectSuccess();
        (await scene.RunAsync("rm", "-f", "counter")).ExpectSuccess();
    }

    [Fact]
    public async Task The_files_of_a_container_are_one_tar()
    {
        Tool.Require("tar");
        using var scene = await ContainerScene.CreateAsync();
        (await scene.RunAsync("run", "--name", "done", "app", "touch", "/touched")).ExpectSuccess();
        var archive = scene.Files.PathOf("files.tar");
        (await scene.RunAsync("export", "-o", archive, "done")).ExpectSuccess();
        var names = (await Tool.RunAsync("tar", "-tf", archive)).ExpectSuccess().Output.Split('\n');
        Assert.Contains("touched", names);
        Assert.Contains("built", names);
        Assert.DoesNotContain("etc/resolv.conf", names);
    }
}
