using Builder.EndToEnd.Support;
using Builder.Testing;

namespace Builder.MSBuild.Tests.Support;

/// <summary>
/// The package as a user gets it, in a feed of its own; a store; and an image <c>dotnet-base</c> in it that runs .NET programs, made of
/// this machine's runtime: no test asks a registry of the world for anything. Made once, when the first test needs it.
/// </summary>
public sealed class PackageFeed : IDisposable
{
    private const string BaseDockerfile = """
        FROM scratch
        COPY --from=libraries . /
        COPY --from=dotnet dotnet /usr/share/dotnet/
        COPY --from=dotnet host /usr/share/dotnet/host
        COPY --from=dotnet shared /usr/share/dotnet/shared
        ENV PATH=/usr/share/dotnet:/bin DOTNET_ROOT=/usr/share/dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
        """;

    private readonly SemaphoreSlim once = new(1, 1);
    private readonly TestFolder folder = new();
    private bool isMade;

    public string Feed => folder.PathOf("feed");

    public string Store => folder.PathOf("store");

    /// <summary>Where restored packages are unpacked.</summary>
    public string Packages => folder.PathOf("packages");

    /// <summary>Whether the package has a native program for this machine.</summary>
    public static bool HasNative => NativeFolder is not null;

    /// <summary>What every program of a test runs with.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["BUILDER_ROOT"] = Store,
        ["BUILDER_NETWORK"] = "host",
        ["NUGET_PACKAGES"] = Packages,
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",

        // Nothing that a test starts outlives it.
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["UseSharedCompilation"] = "false",
    };

    public async Task ReadyAsync()
    {
        Tool.RequireRoot();
        Tool.Require("dotnet", "ldd", "busybox");
        await once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!isMade)
            {
                await Task.WhenAll(PackAsync(), MakeBaseAsync());
                isMade = true;
            }
        }
        finally
        {
            once.Release();
        }
    }

    public async Task<ToolResult> BuilderAsync(params string[] arguments) =>
        await Tool.RunAsync("dotnet", [Jit, .. arguments], new ToolOptions { Environment = Environment });

    public void Dispose()
    {
        folder.Dispose();
        once.Dispose();
    }

    private static string Jit => System.Environment.GetEnvironmentVariable("BUILDER_JIT") is { Length: > 0 } path ? path
        : Path.Combine(Checkout.Root, "src/Builder.Cli/bin/Release/net10.0/builder.dll");

    /// <summary>Null where there is none, or only the starter of the program that .NET runs.</summary>
    private static string? NativeFolder =>
        System.Environment.GetEnvironmentVariable("BUILDER_NATIVE") is { Length: > 0 } path && File.Exists(path) && !File.Exists(path + ".dll")
            ? Path.GetDirectoryName(path) : null;

    private async Task PackAsync() => (await Tool.RunAsync(
        "dotnet",
        [
            "pack", "-c", "Release", "--no-build", "-v", "quiet", Path.Combine(Checkout.Root, "src/Builder.MSBuild"), "-o", Feed,
            $"-p:NativeFolder={NativeFolder ?? folder.PathOf("no-native")}/", $"-p:ProgramFolder={Path.GetDirectoryName(Jit)}/",
        ],
        new ToolOptions { Environment = Environment })).ExpectSuccess();

    private async Task MakeBaseAsync()
    {
        var dotnet = DotnetFolder();
        var libraries = folder.Folder("libraries");
        await CopyLibrariesAsync(dotnet, libraries);
        foreach (var name in (string[])["bin", "tmp", "etc"])
        {
            Directory.CreateDirectory(Path.Combine(libraries, name));
        }

        var busybox = (string[])["/bin/busybox", "/usr/bin/busybox"];
        File.Copy(Array.Find(busybox, File.Exists)!, Path.Combine(libraries, "bin/busybox"));
        foreach (var name in (string[])["sh", "cat", "echo", "sleep", "seq", "false", "touch", "ls"])
        {
            File.CreateSymbolicLink(Path.Combine(libraries, "bin", name), "busybox");
        }

        var dockerfile = folder.Write("base.Dockerfile", BaseDockerfile);
        (await BuilderAsync("build", "-q", "-t", "dotnet-base", "-f", dockerfile, "--build-context", $"libraries={libraries}", "--build-context", $"dotnet={dotnet}", folder.Folder("empty"))).ExpectSuccess();
    }

    private static string DotnetFolder()
    {
        var runtime = new DirectoryInfo(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        return runtime.Parent!.Parent!.Parent!.FullName;
    }

    /// <summary>What the runtime's native parts load, at the places where they look for it.</summary>
    private static async Task CopyLibrariesAsync(string dotnet, string destination)
    {
        var parts = Directory.EnumerateFiles(dotnet, "*.so", SearchOption.AllDirectories).Where(path => path.Contains("/shared/Microsoft.NETCore.App/", StringComparison.Ordinal) || path.Contains("/host/", StringComparison.Ordinal));
        var listed = await Tool.RunAsync("ldd", [Path.Combine(dotnet, "dotnet"), .. parts]);
        var paths = listed.Output.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.StartsWith('/') && !word.EndsWith(':') && !word.StartsWith(dotnet, StringComparison.Ordinal) && File.Exists(word)).Distinct();
        foreach (var path in paths)
        {
            var copy = destination + path;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }
    }
}
