using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Several platforms, several outputs, and what is written down of a build.</summary>
public sealed class SeveralPlatformsTests
{
    [Fact]
    public async Task An_image_for_each_platform_and_an_index_of_them()
    {
        using var scene = new BuildScene();
        const string Dockerfile = "FROM --platform=$BUILDPLATFORM base AS compile\nARG TARGETARCH\nRUN echo for $TARGETARCH > /out\nFROM scratch\nCOPY --from=compile /out /app\nCMD [\"/app\"]\n";
        var layout = scene.Files.PathOf("layout");
        var files = scene.Files.PathOf("files");
        var metadata = scene.Files.PathOf("metadata.json");
        (await scene.BuildAsync(
            Dockerfile, "--platform", "linux/amd64,linux/arm64", "-t", "several", "--annotation", "index:who=me", "--annotation", "manifest:what=app", "--metadata-file", metadata,
            "--iidfile", scene.Files.PathOf("id"), "-o", $"type=oci,tar=false,dest={layout}", "-o", "type=image", "-o", $"type=local,dest={files}", "-o", $"type=tar,dest={files}.tar")).ExpectSuccess();
        Assert.Equal("for arm64\n", (await Tool.RunAsync("tar", ["-xOf", files + ".tar", "linux_arm64/app"])).ExpectSuccess().Output);
        Assert.Equal("for amd64\n", File.ReadAllText(Path.Combine(files, "linux_amd64/app")));
        Assert.Equal("for arm64\n", File.ReadAllText(Path.Combine(files, "linux_arm64/app")));

        using var outer = JsonDocument.Parse(File.ReadAllText(Path.Combine(layout, "index.json")));
        var root = outer.RootElement.GetProperty("manifests")[0];
        Assert.Equal("application/vnd.oci.image.index.v1+json", root.GetProperty("mediaType").GetString());
        using var index = Read(layout, root);
        Assert.Equal("me", index.RootElement.GetProperty("annotations").GetProperty("who").GetString());
        Assert.Equal(["amd64", "arm64"], index.RootElement.GetProperty("manifests").EnumerateArray().Select(entry => entry.GetProperty("platform").GetProperty("architecture").GetString()));
        foreach (var entry in index.RootElement.GetProperty("manifests").EnumerateArray())
        {
            using var manifest = Read(layout, entry);
            Assert.Equal("app", manifest.RootElement.GetProperty("annotations").GetProperty("what").GetString());
            using var config = Read(layout, manifest.RootElement.GetProperty("config"));
            Assert.Equal(entry.GetProperty("platform").GetProperty("architecture").GetString(), config.RootElement.GetProperty("architecture").GetString());
        }

        using var written = JsonDocument.Parse(File.ReadAllText(metadata));
        Assert.Equal(root.GetProperty("digest").GetString(), written.RootElement.GetProperty("containerimage.digest").GetString());
        Assert.Equal(root.GetProperty("digest").GetString(), File.ReadAllText(scene.Files.PathOf("id")));
        Assert.Contains("\"Architecture\": \"arm64\"", (await scene.Builder.RunAsync("inspect", "--platform", "linux/arm64", "several")).ExpectSuccess().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Steps_that_do_not_depend_on_the_platform_run_once()
    {
        using var scene = new BuildScene();
        scene.Files.Write("context/a", "a");
        var result = (await scene.BuildAsync("FROM scratch\nCOPY a /a\n", "--platform", "linux/amd64", "--platform", "linux/arm64")).ExpectSuccess();
        Assert.Single(result.Error.Split('\n'), line => line.Contains("DONE", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_image_has_its_id_in_the_file_and_its_digest_in_the_metadata()
    {
        using var scene = new BuildScene();
        var metadata = scene.Files.PathOf("metadata.json");
        var result = (await scene.BuildAsync("FROM base\nENV a=b\n", "-t", "one:x", "--iidfile", scene.Files.PathOf("id"), "--metadata-file", metadata)).ExpectSuccess();
        Assert.Equal(result.Output.Trim(), File.ReadAllText(scene.Files.PathOf("id")));
        using var written = JsonDocument.Parse(File.ReadAllText(metadata));
        Assert.Equal(result.Output.Trim(), written.RootElement.GetProperty("containerimage.config.digest").GetString());
        Assert.Equal("docker.io/library/one:x", written.RootElement.GetProperty("image.name").GetString());
        var refused = await scene.BuildAsync("FROM base\n", "--annotation", "index:a=b");
        Assert.Contains("BLD2032", refused.Error, StringComparison.Ordinal);
    }

    private static JsonDocument Read(string layout, JsonElement descriptor) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(layout, "blobs", descriptor.GetProperty("digest").GetString()!.Replace(':', '/'))));
}
