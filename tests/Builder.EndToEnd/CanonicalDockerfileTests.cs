using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>The Dockerfile that everything began with, on a real Debian from a real registry, read by other people's tools.</summary>
public sealed class CanonicalDockerfileTests(DebianBase debian)
{
    /// <summary>Unchanged but for the base's name, which is also where <c>make</c> finds its directory: the base's is /app.</summary>
    private const string Dockerfile = """
        FROM <base>
        COPY . /app
        RUN make /app
        CMD python /app/app.py
        """;

    private const string Makefile = ".PHONY: /app\n/app: message.txt\nmessage.txt:\n\techo made by make > message.txt\n";
    private const string App = "print(open('/app/message.txt').read().strip(), 'and told by python')\n";
    private const string Told = "made by make and told by python";

    [Theory]
    [InlineData(Flavour.Native, Caller.Root)]
    [InlineData(Flavour.Native, Caller.User)]
    [InlineData(Flavour.Jit, Caller.Root)]
    [InlineData(Flavour.Jit, Caller.User)]
    public async Task It_builds_and_runs(Flavour flavour, Caller caller)
    {
        using var builder = new BuilderProgram(flavour, caller);
        await BuildAsync(builder);
        var run = (await builder.RunAsync("run", "canonical")).ExpectSuccess();
        Assert.Equal(Told, run.Output.Trim());
        builder.AssertNothingIsLeftBehind();
    }

    [Fact]
    public async Task Skopeo_inspects_and_copies_it()
    {
        Tool.Require("skopeo");
        using var builder = new BuilderProgram();
        var archive = await SaveAsync(builder);
        var inspected = (await Tool.RunAsync("skopeo", "inspect", $"docker-archive:{archive}")).ExpectSuccess();
        using var json = JsonDocument.Parse(inspected.Output);
        Assert.Equal(3, json.RootElement.GetProperty("Layers").GetArrayLength());
        var config = (await Tool.RunAsync("skopeo", "inspect", "--config", $"oci-archive:{archive}")).ExpectSuccess();
        Assert.Contains("python /app/app.py", config.Output, StringComparison.Ordinal);
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"oci-archive:{archive}", $"oci:{builder.Files.PathOf("layout")}:canonical")).ExpectSuccess();
        var registry = await debian.RegistryAsync();
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", "--dest-tls-verify=false", $"docker-archive:{archive}", $"docker://{registry}/canonical")).ExpectSuccess();
    }

    [Fact]
    public async Task Umoci_unpacks_it_and_runc_starts_its_command()
    {
        Tool.RequireRoot();
        Tool.Require("skopeo", "umoci", "runc");
        using var builder = new BuilderProgram();
        var archive = await SaveAsync(builder);
        var layout = builder.Files.PathOf("layout");
        var bundle = builder.Files.PathOf("bundle");
        (await Tool.RunAsync("skopeo", "copy", "-q", "--insecure-policy", $"oci-archive:{archive}", $"oci:{layout}:canonical")).ExpectSuccess();
        (await Tool.RunAsync("umoci", "unpack", "--image", $"{layout}:canonical", bundle)).ExpectSuccess();
        Assert.Equal("made by make\n", await File.ReadAllTextAsync(Path.Combine(bundle, "rootfs/app/message.txt")));

        // umoci asks for a terminal, which a test does not have.
        var config = Path.Combine(bundle, "config.json");
        await File.WriteAllTextAsync(config, (await File.ReadAllTextAsync(config)).Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal));
        var id = "builder-e2e-" + Path.GetFileName(builder.Files.Path);
        var run = (await Tool.RunAsync("runc", ["--root", builder.Files.PathOf("runc"), "run", id], new ToolOptions { WorkingDirectory = bundle })).ExpectSuccess();
        Assert.Equal(Told, run.Output.Trim());
    }

    [Theory]
    [InlineData("podman")]
    [InlineData("buildah")]
    public async Task Podman_and_buildah_load_it(string tool)
    {
        Tool.RequireRoot();
        Tool.Require(tool);
        using var builder = new BuilderProgram();
        var archive = await SaveAsync(builder);
        string[] storage = ["--root", builder.Files.PathOf("containers"), "--runroot", builder.Files.PathOf("containers-run"), "--storage-driver", "vfs"];
        string[] load = tool == "podman" ? ["load", "-q", "-i", archive] : ["pull", "-q", $"docker-archive:{archive}"];
        (await Tool.RunAsync(tool, [.. storage, .. load])).ExpectSuccess();
        var images = (await Tool.RunAsync(tool, [.. storage, "images"])).ExpectSuccess();
        Assert.Contains("canonical", images.Output, StringComparison.Ordinal);
    }

    private async Task<string> SaveAsync(BuilderProgram builder)
    {
        await BuildAsync(builder);
        var archive = builder.Files.PathOf("canonical.tar");
        (await builder.RunAsync("save", "-o", archive, "canonical")).ExpectSuccess();
        return archive;
    }

    private async Task BuildAsync(BuilderProgram builder)
    {
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile.Replace("<base>", await debian.ReferenceAsync(), StringComparison.Ordinal));
        builder.Files.Write("context/Makefile", Makefile);
        builder.Files.Write("context/app.py", App);
        (await builder.RunAsync("build", "-t", "canonical", context)).ExpectSuccess();
    }
}
