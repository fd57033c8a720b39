using Builder.EndToEnd.Support;
using Builder.Testing;

namespace Builder.EndToEnd;

/// <summary>The READMEs' commands, as a newcomer types them.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_example_builds_and_runs_with_nothing_but_the_sdk()
    {
        Tool.Require("dotnet", "ldd");
        var run = Path.Combine(Checkout.Root, "examples/hello/run");
        using var files = new TestFolder();
        var result = (await Tool.RunAsync(run, [], new ToolOptions
        {
            Timeout = TimeSpan.FromMinutes(10),
            Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = files.PathOf("store") },
        })).ExpectSuccess();
        Assert.Contains("Hello from Builder\nIt was built without a daemon", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"hello +latest +[0-9a-f]{12} ", result.Output);
        Assert.True(File.Exists(Path.Combine(Checkout.Root, "artifacts/hello.tar")));
    }

    [Fact]
    public async Task The_registry_client_can_be_used_as_a_library()
    {
        Tool.Require("dotnet");
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
        (await builder.RunAsync("build", "-q", "--push", "-t", $"{registry.Host}/app:1", context)).ExpectSuccess();
        var example = new ToolOptions { WorkingDirectory = Path.Combine(Checkout.Root, "examples/registry-client"), Timeout = TimeSpan.FromMinutes(10) };
        var shown = (await Tool.RunAsync("dotnet", ["run", "-c", "Release", "layers.cs", $"{registry.Host}/app:1"], example)).ExpectSuccess();
        Assert.Matches(@"^sha256:[0-9a-f]{64} \d+ bytes\nsha256:[0-9a-f]{64} \d+ bytes\n$", shown.Output);
        Assert.Contains("registry.example", (await Tool.RunAsync("dotnet", ["run", "-c", "Release", "layers.cs", $"{registry.Host}/none:1"], example)).Expect(4).Error.Replace(registry.Host, "registry.example", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
