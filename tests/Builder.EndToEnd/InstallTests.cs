using Builder.EndToEnd.Support;
using Builder.Testing;

namespace Builder.EndToEnd;

/// <summary>The forms in which people install the program.</summary>
public sealed class InstallTests : IDisposable
{
    private static readonly ToolOptions Commit = new() { Environment = new Dictionary<string, string> { ["SOURCE_DATE_EPOCH"] = "1700000000" } };
    private readonly TestFolder files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task The_debian_package_holds_the_program_its_manual_and_its_completions()
    {
        Tool.Require("dpkg-deb", "ar");
        var package = (await PackageAsync("one"))[0];
        var about = (await Tool.RunAsync("dpkg-deb", "-I", package)).ExpectSuccess().Output;
        var version = await VersionAsync(PublishedProgram.Native);
        Assert.Contains("\n Package: builder\n", about, StringComparison.Ordinal);
        Assert.Contains($"\n Version: {Debian(version)}\n", about, StringComparison.Ordinal);
        Assert.Matches(@"\n Depends: libc6 \(>= 2\.\d+\), libssl3 ", about);
        var content = (await Tool.RunAsync("dpkg-deb", "-c", package)).ExpectSuccess().Output;
        Assert.Contains("-rwxr-xr-x 0/0 ", content, StringComparison.Ordinal);
        Assert.Contains("2023-11-14", content, StringComparison.Ordinal);
        foreach (var file in (string[])["./usr/bin/builder", "./usr/share/man/man1/builder-build.1.gz", "./usr/share/bash-completion/completions/builder", "./usr/share/zsh/vendor-completions/_builder", "./usr/share/fish/vendor_completions.d/builder.fish", "./usr/share/doc/builder/copyright"])
        {
            Assert.Contains($" {file}\n", content, StringComparison.Ordinal);
        }

        var root = files.Folder("root");
        (await Tool.RunAsync("dpkg-deb", "-x", package, root)).ExpectSuccess();
        Assert.Equal(version, await VersionAsync(Path.Combine(root, "usr/bin/builder")));
        (await Tool.RunAsync("sh", ["-c", $"cd '{root}' && dpkg-deb -e '{package}' control && md5sum -c --quiet control/md5sums"])).ExpectSuccess();
    }

    [Fact]
    public async Task The_archive_is_unpacked_anywhere_and_runs()
    {
        Tool.Require("ar");
        var archive = (await PackageAsync("one"))[1];
        (await Tool.RunAsync("tar", "-C", files.Path, "-xzf", archive)).ExpectSuccess();
        var folder = Path.Combine(files.Path, Path.GetFileName(archive)[..^".tar.gz".Length]);
        Assert.Equal(await VersionAsync(PublishedProgram.Native), await VersionAsync(Path.Combine(folder, "bin/builder")));
        Assert.True(File.Exists(Path.Combine(folder, "LICENSE")));
    }

    [Fact]
    public async Task Packages_of_one_program_at_one_commit_are_the_same_bytes()
    {
        Tool.Require("ar");
        foreach (var (first, second) in (await PackageAsync("one")).Zip(await PackageAsync("two")))
        {
            Assert.Equal(Path.GetFileName(first), Path.GetFileName(second));
            Assert.Equal(await File.ReadAllBytesAsync(first, TestContext.Current.CancellationToken), await File.ReadAllBytesAsync(second, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_dotnet_tool_is_packed_installed_and_runs()
    {
        Tool.Require("dotnet");
        var built = (await Tool.RunAsync("dotnet", PublishedProgram.Jit, "version", "--format", "{{.Version}}")).ExpectSuccess().Output.Trim();
        var feed = files.Folder("feed");
        var project = Path.Combine(Checkout.Root, "src/Builder.Cli");
        (await Tool.RunAsync("dotnet", "pack", "--nologo", "--no-build", "-c", "Release", "-v", "quiet", "-o", feed, project)).ExpectSuccess();
        var package = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(feed, "Builder.Tool.*.nupkg")));
        var configuration = files.Write("nuget.config", $"<configuration><packageSources><clear/><add key=\"feed\" value=\"{feed}\"/></packageSources></configuration>");
        var tools = files.PathOf("tools");
        var environment = new ToolOptions
        {
            WorkingDirectory = files.Path,
            Environment = new Dictionary<string, string> { ["NUGET_PACKAGES"] = files.PathOf("packages"), ["DOTNET_CLI_HOME"] = files.Path, ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" },
        };
        (await Tool.RunAsync("dotnet", ["tool", "install", "Builder.Tool", "--tool-path", tools, "--configfile", configuration, "--version", package["Builder.Tool.".Length..]], environment)).ExpectSuccess();
        Assert.Equal(built, await VersionAsync(Path.Combine(tools, "builder")));
        var help = (await Tool.RunAsync(Path.Combine(tools, "builder"), "--help")).ExpectSuccess().Output;
        Assert.Contains("Usage: builder [options] <command>", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_says_which_commit_it_is()
    {
        Tool.Require("git");
        Assert.SkipUnless(Path.Exists(Path.Combine(Checkout.Root, ".git")), "these sources are no checkout of git, so their version is the one in Directory.Build.props");
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.]+)?(\+g[0-9a-f]{12}(\.dirty)?)?$", await VersionAsync(PublishedProgram.Native));
    }

    private async Task<string[]> PackageAsync(string folder) =>
        (await Tool.RunAsync(Path.Combine(Checkout.Root, "packaging/package"), [PublishedProgram.Native, files.PathOf(folder)], Commit)).ExpectSuccess().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> VersionAsync(string program) => (await Tool.RunAsync(program, "version", "--format", "{{.Version}}")).ExpectSuccess().Output.Trim();

    /// <summary>What comes before a release sorts before it, which Debian writes with a tilde.</summary>
    private static string Debian(string version) => version.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash ? version[..dash] + "~" + version[(dash + 1)..] : version;
}
