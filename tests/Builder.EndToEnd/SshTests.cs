using System.Diagnostics;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>RUN --mount=type=ssh</c> (M8). The step's own ssh-add is the host's, with its libraries, in a folder of the context.</summary>
public sealed class SshTests
{
    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Keys_are_used_and_cannot_be_taken_or_changed(Caller caller)
    {
        using var scene = await SceneAsync(caller);
        var key = await NewKeyAsync(scene, "key");
        var built = (await scene.BuildAsync("""
            FROM base
            RUN --mount=type=ssh --mount=target=/host /host/ssh-add -l && test "$SSH_AUTH_SOCK" = /run/buildkit/ssh_agent.0 && test "$(stat -c %a:%u "$SSH_AUTH_SOCK")" = 600:0
            RUN --mount=type=ssh,mode=0660,uid=1000,gid=50,target=/my/agent --mount=target=/host test "$(stat -c %a:%u:%g "$SSH_AUTH_SOCK")" = 660:1000:50 && /host/ssh-add -l
            RUN --mount=type=ssh --mount=target=/host ! /host/ssh-add -D && ! /host/ssh-add -d /host/key.pub && /host/ssh-add -l
            RUN --mount=type=ssh --mount=target=/host /host/ssh-add -T /host/key.pub
            RUN --mount=type=ssh,id=other test -n "$SSH_AUTH_SOCK" && test ! -e "$SSH_AUTH_SOCK"
            """, "--ssh", $"default={key}")).ExpectSuccess();
        Assert.Contains("ED25519", built.Error, StringComparison.Ordinal);
        scene.Builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task A_running_agent_is_forwarded_by_its_variable()
    {
        using var scene = await SceneAsync(Caller.Root);
        var key = await NewKeyAsync(scene, "key");
        var socket = scene.Files.PathOf("agent");
        using var agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            await agent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            var how = new ToolOptions { Environment = new Dictionary<string, string> { ["SSH_AUTH_SOCK"] = socket } };
            (await Tool.RunAsync("ssh-add", ["-q", key], how)).ExpectSuccess();
            const string Dockerfile = "FROM base\nRUN --mount=type=ssh,required --mount=target=/host /host/ssh-add -l\n";
            Assert.Contains("ED25519", (await scene.BuildAsync(Dockerfile, ["--ssh", "default"], how)).ExpectSuccess().Error, StringComparison.Ordinal);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_said()
    {
        using var scene = await SceneAsync(Caller.Root);
        const string Dockerfile = "FROM base\nRUN --mount=type=ssh,required true\n";
        Assert.Contains("Dockerfile:2:1: error BLD1012: no SSH key \"default\" forwarded", (await scene.BuildAsync(Dockerfile)).Expect(1).Error, StringComparison.Ordinal);
        var without = new ToolOptions { Environment = new Dictionary<string, string> { ["SSH_AUTH_SOCK"] = "" } };
        Assert.Contains("error BLD2063: --ssh: there is no agent for 'default'", (await scene.BuildAsync(Dockerfile, ["--ssh", "default"], without)).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("does not exist", (await scene.BuildAsync(Dockerfile, "--ssh", "default=/no/such/key")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("is no private key", (await scene.BuildAsync(Dockerfile, "--ssh", "default=/etc/passwd")).Expect(2).Error, StringComparison.Ordinal);
        var locked = await NewKeyAsync(scene, "locked", passphrase: "a passphrase");
        Assert.Contains("has a passphrase", (await scene.BuildAsync(Dockerfile, "--ssh", $"default={locked}")).Expect(2).Error, StringComparison.Ordinal);
    }

    /// <summary>A scene with the host's ssh-add in the context: a script that starts it by its own loader.</summary>
    private static async Task<BuildScene> SceneAsync(Caller caller)
    {
        Tool.Require("ssh-agent", "ssh-add", "ssh-keygen", "ldd");
        var scene = new BuildScene(caller);
        var lines = (await Tool.RunAsync("ldd", "/usr/bin/ssh-add")).ExpectSuccess().Output.Split('\n');
        var libraries = lines.SelectMany(line => line.Split(' ', '\t')).Where(word => word.StartsWith('/')).ToArray();
        foreach (var library in libraries.Append("/usr/bin/ssh-add"))
        {
            var copy = scene.Files.PathOf("context/lib/" + Path.GetFileName(library));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(library, copy, overwrite: true);
            File.SetUnixFileMode(copy, (UnixFileMode)Convert.ToInt32("755", 8));
        }

        var loader = Array.Find(libraries, library => Path.GetFileName(library).StartsWith("ld-", StringComparison.Ordinal));
        scene.Files.Write("context/ssh-add", $"#!/bin/sh\nexec /host/lib/{Path.GetFileName(loader)} --library-path /host/lib /host/lib/ssh-add \"$@\"\n", "755");
        return scene;
    }

    private static async Task<string> NewKeyAsync(BuildScene scene, string name, string passphrase = "")
    {
        var key = scene.Files.PathOf(name);
        (await Tool.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "", "-f", key)).ExpectSuccess();
        File.Copy(key + ".pub", scene.Files.PathOf("context/key.pub"), overwrite: true);
        if (Environment.IsPrivilegedProcess)
        {
            // An ordinary caller must own it: ssh-add wants that.
            await Tool.RunAsync("chown", BuilderProgram.UserName, key);
        }

        return key;
    }
}
