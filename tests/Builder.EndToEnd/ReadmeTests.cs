using Builder.EndToEnd.Support;
using Builder.Testing;

namespace Builder.EndToEnd;

/// <summary>The README's first command, as a newcomer types it.</summary>
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
}
