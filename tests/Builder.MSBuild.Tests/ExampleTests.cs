using Builder.EndToEnd.Support;
using Builder.MSBuild.Tests.Support;
using Builder.Testing;

namespace Builder.MSBuild.Tests;

/// <summary>The commands of examples/dotnet-app/README.md, as a newcomer types them.</summary>
public sealed class ExampleTests(PackageFeed feed)
{
    [Fact]
    public async Task The_example_packs_publishes_and_runs()
    {
        // Two that pack the same project at one time would be in each other's way.
        await feed.ReadyAsync();
        var result = (await Tool.RunAsync(Path.Combine(Checkout.Root, "examples/dotnet-app/run"), [], new ToolOptions
        {
            Timeout = TimeSpan.FromMinutes(10),
            Environment = new Dictionary<string, string> { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false", ["BUILDER_NETWORK"] = "host" },
        })).ExpectSuccess();
        Assert.EndsWith("--- its run output\nHello from a step, reader\n", result.Output, StringComparison.Ordinal);
        Assert.Matches("greeter -> greeter:1.0.0, greeter:latest \\(sha256:[0-9a-f]{64}\\), .*/bin/greeter.tar\n", result.Output);
        Assert.Matches("image greeter:1.0.0 has the id sha256:[0-9a-f]{64}\n", result.Output);
    }
}
