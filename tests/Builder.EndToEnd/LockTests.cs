using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Dockerfile.lock: what a build takes from outside means what it meant.</summary>
public sealed class LockTests
{
    [Fact]
    public async Task A_base_that_moved_stays_what_it_was_until_the_lock_is_updated()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var scene = new BuildScene();
        var name = $"{registry.Host}/base:1";
        var path = scene.Files.PathOf("context/Dockerfile.lock");
        var dockerfile = $"FROM {name}\nRUN cat /which\n";
        await PushAsync(scene, name, "first");
        Assert.Contains(" first\n", (await scene.BuildAsync(dockerfile, "--lock")).ExpectSuccess().Error, StringComparison.Ordinal);
        using (var written = JsonDocument.Parse(File.ReadAllText(path)))
        {
            Assert.StartsWith("sha256:", written.RootElement.GetProperty("images").EnumerateObject().Single().Value.GetString(), StringComparison.Ordinal);
        }

        await PushAsync(scene, name, "second");
        Assert.Equal("", (await scene.Builder.RunAsync("lock", "verify", "--platform", "linux/amd64", scene.Files.PathOf("other"))).Output);
        var drift = await scene.Builder.RunAsync("lock", "verify", scene.Context);
        Assert.Equal(1, drift.ExitCode);
        Assert.Contains(name, drift.Output, StringComparison.Ordinal);

        // A store that has never seen the base asks for the locked digest.
        using var other = new BuildScene();
        other.Files.Write("context/Dockerfile.lock", File.ReadAllText(path));
        Assert.Contains(" first\n", (await other.BuildAsync(dockerfile, "--locked")).ExpectSuccess().Error, StringComparison.Ordinal);

        (await scene.Builder.RunAsync("lock", "update", scene.Context)).ExpectSuccess();
        (await scene.Builder.RunAsync("lock", "verify", scene.Context)).ExpectSuccess();
        Assert.Contains(" second\n", (await scene.BuildAsync(dockerfile, "--locked")).ExpectSuccess().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_locked_what_changed_and_a_file_that_is_none_are_refused()
    {
        await using var registry = await RegistryServer.StartAsync();
        using var scene = new BuildScene();
        var name = $"{registry.Host}/base:1";
        await PushAsync(scene, name, "first");
        var dockerfile = $"FROM {name}\nRUN true\n";
        Assert.Contains("BLD2023", (await scene.BuildAsync(dockerfile, "--locked")).Error, StringComparison.Ordinal);
        (await scene.BuildAsync(dockerfile, "--lock")).ExpectSuccess();
        Assert.Contains("BLD1019", (await scene.BuildAsync(dockerfile + $"COPY --from={registry.Host}/base:2 / /x\n", "--locked")).Error, StringComparison.Ordinal);

        var path = scene.Files.PathOf("context/Dockerfile.lock");
        var lockFile = File.ReadAllText(path);
        var digest = lockFile[lockFile.IndexOf("sha256:", StringComparison.Ordinal)..][..71];
        File.WriteAllText(path, lockFile.Replace(digest, "sha256:" + new string('0', 64), StringComparison.Ordinal));
        var drifted = await scene.BuildAsync(dockerfile, "--locked");
        Assert.Contains("BLD1020", drifted.Error, StringComparison.Ordinal);
        Assert.Contains("Dockerfile:1", drifted.Error, StringComparison.Ordinal);
        File.WriteAllText(path, "{");
        Assert.Contains("BLD2023", (await scene.BuildAsync(dockerfile, "--locked")).Error, StringComparison.Ordinal);
    }

    private static async Task PushAsync(BuildScene scene, string name, string which)
    {
        using var maker = new BuildScene();
        maker.Files.Write("context/which", which + "\n");
        (await maker.BuildAsync("FROM base\nCOPY which /\n", "-t", name, "--push")).ExpectSuccess();
        scene.Files.Folder("other");
        scene.Files.Write("other/Dockerfile", "FROM scratch\n");
        scene.Files.Write("other/Dockerfile.lock", "{\"version\":1}");
    }
}
