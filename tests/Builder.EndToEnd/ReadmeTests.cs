using System.Text.RegularExpressions;
using Builder.EndToEnd.Support;
using Builder.Testing;

namespace Builder.EndToEnd;

/// <summary>The commands of the examples' READMEs, as a newcomer types them.</summary>
public sealed partial class ReadmeTests
{
    /// <summary>What each example prints.</summary>
    private static readonly Dictionary<string, string[]> Printed = new(StringComparer.Ordinal)
    {
        ["hello"] = ["Hello from Builder\nIt was built without a daemon", @"hello +latest +[0-9a-f]{12} "],
        ["registry-client"] = [@"^sha256:[0-9a-f]{64} \d+ bytes\nsha256:[0-9a-f]{64} \d+ bytes\n$"],
    };

    /// <summary>Run by Builder.MSBuild.Tests, where nothing else packs the package meanwhile.</summary>
    private const string OfThePackage = "dotnet-app";

    public static TheoryData<string> Examples => [.. Directory.GetDirectories(Path.Combine(Checkout.Root, "examples")).Select(folder => Path.GetFileName(folder)).Where(name => name != OfThePackage).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task What_a_README_says_works(string example)
    {
        Tool.Require("dotnet", "ldd");
        Assert.True(Printed.TryGetValue(example, out var printed), $"say here what examples/{example} prints");
        var folder = Path.Combine(Checkout.Root, "examples", example);
        var commands = Commands().Matches(await File.ReadAllTextAsync(Path.Combine(folder, "README.md"), TestContext.Current.CancellationToken)).Select(block => block.Groups[1].Value).ToList();
        Assert.NotEmpty(commands);

        // An image of the world's is asked of a registry of ours.
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
        (await builder.RunAsync("build", "-q", "--push", "-t", $"{registry.Host}/app:1", context)).ExpectSuccess();
        var output = "";
        foreach (var command in commands)
        {
            output += (await RunAsync(folder, command.Replace("debian:12", $"{registry.Host}/app:1", StringComparison.Ordinal), builder)).ExpectSuccess().Output;
        }

        Assert.All(printed, pattern => Assert.Matches(pattern, output));
    }

    [Fact]
    public async Task The_registry_client_ends_with_the_code_of_its_error()
    {
        Tool.Require("dotnet");
        await using var registry = await RegistryServer.StartAsync();
        using var builder = new BuilderProgram();
        var failed = (await RunAsync(Path.Combine(Checkout.Root, "examples/registry-client"), $"dotnet run layers.cs {registry.Host}/none:1", builder)).Expect(4);
        Assert.Contains("registry.example", failed.Error.Replace(registry.Host, "registry.example", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static Task<ToolResult> RunAsync(string folder, string command, BuilderProgram builder) => Tool.RunAsync("sh", ["-euc", command], new ToolOptions
    {
        WorkingDirectory = folder,
        Timeout = TimeSpan.FromMinutes(10),
        Environment = new Dictionary<string, string> { ["BUILDER_ROOT"] = builder.Files.PathOf("example-store") },
    });

    [GeneratedRegex("^```(?:sh)?\n(.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Commands();
}
