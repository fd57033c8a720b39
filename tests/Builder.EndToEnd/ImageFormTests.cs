using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Images in every form in which they leave and come in: archives old and new, folders, compressions, plain tars.</summary>
public sealed class ImageFormTests
{
    private const string Dockerfile = "FROM base\nRUN mkdir d && echo one > d/one && echo two > d/two\nRUN rm d/one && ln d/two d/three && head -c 300000 /dev/zero > d/zeros\nCMD ls /d\n";

    [Theory]
    [InlineData("gzip", "tar+gzip")]
    [InlineData("zstd", "tar+zstd")]
    [InlineData("estargz", "tar+gzip")]
    [InlineData("uncompressed", "layer.v1.tar\"")]
    public async Task Other_tools_take_an_archive_of_any_compression_and_see_the_same_files(string compression, string mediaType)
    {
        Tool.Require("skopeo", "podman");
        using var builder = new BuilderProgram();
        var context = Context(builder);
        var archive = builder.Files.PathOf("image.tar");
        string[] build = ["build", "-t", "app", "--build-context", $"base={builder.Files.PathOf("base")}", "-o", $"type=oci,dest={archive},compression={compression}", context];
        (await builder.RunAsync(build)).ExpectSuccess();
        var first = await File.ReadAllBytesAsync(archive);
        (await builder.RunAsync(build)).ExpectSuccess();
        Assert.Equal(first, await File.ReadAllBytesAsync(archive));

        var raw = (await Tool.RunAsync("skopeo", "inspect", "--raw", $"oci-archive:{archive}")).ExpectSuccess().Output;
        Assert.Contains(mediaType, raw, StringComparison.Ordinal);
        Assert.Equal(compression == "estargz", raw.Contains("containerd.io/snapshot/stargz/toc.digest", StringComparison.Ordinal));
        (await Tool.RunAsync("skopeo", "copy", $"oci-archive:{archive}", $"dir:{builder.Files.PathOf("dir")}")).ExpectSuccess();

        using var other = new BuilderProgram();
        (await other.RunAsync("load", "-i", archive)).ExpectSuccess();
        Assert.Equal("three\ntwo\nzeros\n", (await other.RunAsync("run", "app")).ExpectSuccess().Output);
        string[] storage = ["--root", builder.Files.PathOf("podman"), "--runroot", builder.Files.PathOf("podman-run"), "--storage-driver", "vfs"];
        (await Tool.RunAsync("podman", [.. storage, "load", "-i", archive])).ExpectSuccess();
        (await Tool.RunAsync("podman", [.. storage, "save", "--format", "oci-archive", "-o", builder.Files.PathOf("again.tar"), "app"])).ExpectSuccess();
    }

    [Fact]
    public async Task Media_types_are_dockers_when_asked_for()
    {
        Tool.Require("skopeo");
        using var builder = new BuilderProgram();
        var archive = builder.Files.PathOf("image.tar");
        (await builder.RunAsync("build", "-t", "app", "--build-context", $"base={builder.Files.PathOf("base")}", "-o", $"type=oci,dest={archive},oci-mediatypes=false", Context(builder))).ExpectSuccess();
        var raw = (await Tool.RunAsync("skopeo", "inspect", "--raw", $"oci-archive:{archive}")).ExpectSuccess().Output;
        Assert.Contains("application/vnd.docker.distribution.manifest.v2+json", raw, StringComparison.Ordinal);
        Assert.Contains("application/vnd.docker.image.rootfs.diff.tar.gzip", raw, StringComparison.Ordinal);
        Assert.DoesNotContain("vnd.oci", raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("docker-old")]
    [InlineData("oci")]
    public async Task What_is_saved_in_any_format_is_the_same_image_elsewhere_also_compressed_and_from_standard_input(string format)
    {
        using var one = new BuilderProgram();
        var id = await BuildAsync(one, "app");
        var archive = one.Files.PathOf("image.tar");
        (await one.RunAsync("save", "--format", format, "-o", archive, "app")).ExpectSuccess();
        using var two = new BuilderProgram();
        (await Tool.RunAsync("sh", "-c", $"gzip -c {archive} > {archive}.gz")).ExpectSuccess();
        (await two.RunAsync("load", "-i", archive + ".gz")).ExpectSuccess();
        Assert.Equal(id, (await two.RunAsync("images", "-q", "--no-trunc")).ExpectSuccess().Output.Trim());
        (await two.RunAsync("save", "--format", format, "-o", two.Files.PathOf("again.tar"), "app")).ExpectSuccess();
        Assert.Equal(await File.ReadAllBytesAsync(archive), await File.ReadAllBytesAsync(two.Files.PathOf("again.tar")));
    }

    [Fact]
    public async Task Several_images_in_one_archive_share_their_layers()
    {
        using var one = new BuilderProgram();
        await BuildAsync(one, "app");
        (await one.RunAsync("build", "-q", "-t", "child", "--build-context", $"base={one.Files.PathOf("base")}", "-f", one.Files.Write("child.Dockerfile", Dockerfile + "RUN echo more > /more\n"), one.Files.PathOf("context"))).ExpectSuccess();
        var archive = one.Files.PathOf("both.tar");
        (await one.RunAsync("save", "--compress", "-o", archive, "app", "child")).ExpectSuccess();
        using var two = new BuilderProgram();
        Assert.Equal("Loaded image: app:latest\nLoaded image: child:latest\n", (await two.RunAsync("load", "-i", archive)).ExpectSuccess().Output);
        Assert.Equal("three\ntwo\nzeros\n", (await two.RunAsync("run", "child")).ExpectSuccess().Output);
    }

    [Fact]
    public async Task A_layout_in_a_folder_is_what_other_tools_read_in_place()
    {
        Tool.Require("skopeo");
        using var builder = new BuilderProgram();
        await BuildAsync(builder, "app");
        var saved = builder.Files.PathOf("saved");
        (await builder.RunAsync("save", "--format", "oci-dir", "-o", saved, "app")).ExpectSuccess();
        (await Tool.RunAsync("skopeo", "inspect", $"oci:{saved}:latest")).ExpectSuccess();
        var built = builder.Files.PathOf("built");
        (await builder.RunAsync("build", "-t", "app:v2", "--build-context", $"base={builder.Files.PathOf("base")}", "-o", $"type=oci,tar=false,dest={built}", builder.Files.PathOf("context"))).ExpectSuccess();
        (await Tool.RunAsync("skopeo", "inspect", $"oci:{built}:v2")).ExpectSuccess();
    }

    [Fact]
    public async Task The_files_of_an_image_leave_as_a_tar_and_come_back_as_an_image()
    {
        using var builder = new BuilderProgram();
        await BuildAsync(builder, "app");
        var tar = builder.Files.PathOf("files.tar");
        (await builder.RunAsync("export", "-o", tar, "app")).ExpectSuccess();
        string[] import = ["import", "-c", "CMD [\"cat\", \"/d/three\"]", "--change", "ENV A=b", "-m", "from a tar", tar, "imported:1"];
        var epoch = new ToolOptions { Environment = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1000" } };
        var id = (await builder.RunAsync(import, epoch)).ExpectSuccess().Output.Trim();
        Assert.Equal(id, (await builder.RunAsync(import, epoch)).ExpectSuccess().Output.Trim());
        Assert.Equal("two\n", (await builder.RunAsync("run", "imported:1")).ExpectSuccess().Output);
        using var json = JsonDocument.Parse((await builder.RunAsync("inspect", "imported:1")).ExpectSuccess().Output);
        Assert.Contains("A=b", json.RootElement[0].GetProperty("Config").GetProperty("Env").EnumerateArray().Select(value => value.GetString()));
        Assert.Equal(1, json.RootElement[0].GetProperty("RootFS").GetProperty("Layers").GetArrayLength());

        // Compressed it is the same image, and what is no tar is none.
        (await Tool.RunAsync("sh", "-c", $"gzip {tar}")).ExpectSuccess();
        import[^2] = tar + ".gz";
        Assert.Equal(id, (await builder.RunAsync(import, epoch)).ExpectSuccess().Output.Trim());
        import[^2] = builder.Files.PathOf("context/Dockerfile");
        (await builder.RunAsync(import, epoch)).Expect(1);
        (await builder.RunAsync("import", "-c", "RUN true", tar + ".gz")).Expect(1);
    }

    [Fact]
    public async Task Squashed_layers_are_one_and_what_was_deleted_is_gone()
    {
        using var builder = new BuilderProgram();
        await BuildAsync(builder, "app");
        string[] build = ["build", "-q", "--build-context", $"base={builder.Files.PathOf("base")}", "-t"];
        (await builder.RunAsync([.. build, "new", "--squash", builder.Files.PathOf("context")])).ExpectSuccess();
        (await builder.RunAsync([.. build, "all", "--squash=all", builder.Files.PathOf("context")])).ExpectSuccess();
        (await builder.RunAsync("squash", "-t", "verb", "app")).ExpectSuccess();
        var files = await FilesOf(builder, "app");
        Assert.Equal(files, await FilesOf(builder, "new"));
        Assert.Equal(files, await FilesOf(builder, "all"));
        Assert.Equal(files, await FilesOf(builder, "verb"));
        Assert.Equal(1, await LayersOf(builder, "all"));
        Assert.Equal(1, await LayersOf(builder, "verb"));
        Assert.True(await LayersOf(builder, "new") < await LayersOf(builder, "app"));
    }

    private static async Task<string> FilesOf(BuilderProgram builder, string image)
    {
        var tar = builder.Files.PathOf(image + ".files.tar");
        (await builder.RunAsync("export", "-o", tar, image)).ExpectSuccess();
        return (await Tool.RunAsync("tar", "-tvf", tar)).ExpectSuccess().Output;
    }

    private static async Task<int> LayersOf(BuilderProgram builder, string image)
    {
        using var json = JsonDocument.Parse((await builder.RunAsync("inspect", image)).ExpectSuccess().Output);
        return json.RootElement[0].GetProperty("RootFS").GetProperty("Layers").GetArrayLength();
    }

    private static string Context(BuilderProgram builder)
    {
        BusyboxBase.Make(builder.Files.PathOf("base"));
        builder.Files.Write("context/Dockerfile", Dockerfile);
        return builder.Files.PathOf("context");
    }

    private static async Task<string> BuildAsync(BuilderProgram builder, string name) =>
        (await builder.RunAsync("build", "-q", "-t", name, "--build-context", $"base={builder.Files.PathOf("base")}", Context(builder))).ExpectSuccess().Output.Trim();
}
