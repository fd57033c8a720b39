using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>What the Tab key offers, asked through each shell's own machinery.</summary>
public sealed class CompletionTests
{
    private const string BashAsk = """
        eval "$(builder completion bash)"
        COMP_LINE=$1 COMP_POINT=${#1}
        _builder 2>/dev/null
        printf '%s\n' "${COMPREPLY[@]}"
        """;

    // The completion system of zsh needs a terminal; what the function hands to it is what counts.
    private const string ZshAsk = """
        _describe() { print -rl -- "${(@P)2}" }
        _files() { print -l files $@ }
        compdef() { }
        eval "$(builder completion zsh)"
        words=("${(@s: :)1}") CURRENT=${#words}
        _builder
        """;

    private const string FishAsk = "builder completion fish | source; complete -C $argv[1]";

    private const string PowerShellAsk = "builder completion powershell | Out-String | Invoke-Expression; $line = $env:LINE; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText";

    [Theory]
    [InlineData("bash", "builder inspect ap", "app:1")]
    [InlineData("bash", "builder inspect app:", "1")]
    [InlineData("bash", "builder build --progress=pl", "plain")]
    [InlineData("bash", "builder build --target ", "first\nsecond")]
    [InlineData("bash", "builder build -f Dock", "Dockerfile")]
    [InlineData("bash", "builder check-", "check-store")]
    [InlineData("zsh", "builder inspect ap", "app\\:1")]
    [InlineData("zsh", "builder build --target ", "first\nsecond")]
    [InlineData("zsh", "builder build -f Dock", "files")]
    [InlineData("zsh", "builder check-", "check-store:Prove every digest, record, snapshot and image of the store")]
    [InlineData("fish", "builder inspect ap", "app:1")]
    [InlineData("fish", "builder build --target ", "first\nsecond")]
    [InlineData("fish", "builder check-", "check-store\tProve every digest, record, snapshot and image of the store")]
    [InlineData("pwsh", "builder inspect ap", "app:1")]
    [InlineData("pwsh", "builder check-", "check-store")]
    public async Task Shells_offer_what_fits(string shell, string line, string expected)
    {
        Tool.Require(shell);
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", "FROM scratch AS first\nCOPY Dockerfile /\nFROM first AS second\n");
        (await builder.RunAsync("build", "-q", "-t", "app:1", context)).ExpectSuccess();
        var programs = builder.Files.Folder("bin");
        File.CreateSymbolicLink(Path.Combine(programs, "builder"), BuilderProgram.PathOf(Flavour.Native));
        string[] arguments = shell switch
        {
            "bash" => ["-c", BashAsk, "bash", line],
            "pwsh" => ["-NoProfile", "-Command", PowerShellAsk],
            "zsh" => ["-f", "-c", ZshAsk, "zsh", line],
            _ => ["--no-config", "-c", FishAsk, line],
        };
        var asked = (await Tool.RunAsync(shell, arguments, new ToolOptions
        {
            WorkingDirectory = context,
            Environment = new Dictionary<string, string> { ["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}", ["BUILDER_ROOT"] = builder.Store, ["LINE"] = line },
        })).ExpectSuccess();
        Assert.Equal(expected, asked.Output.TrimEnd('\n'));
    }

    [Fact]
    public async Task Habits_of_Docker_are_understood()
    {
        using var builder = new BuilderProgram();
        var context = builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", "FROM scratch\nCOPY Dockerfile /\nENV A=b\n");
        (await builder.RunAsync("buildx", "build", "-q", "-t", "app:1", context)).ExpectSuccess();
        Assert.Equal("app:1", (await builder.RunAsync("image", "ls", "--format", "{{.Repository}}:{{.Tag}}")).ExpectSuccess().Output.Trim());
        Assert.EndsWith(" A=b]\n", (await builder.RunAsync("image", "inspect", "-f", "{{.Config.Env}}", "app:1")).ExpectSuccess().Output, StringComparison.Ordinal);
        Assert.Contains("use --platform OS/ARCH", (await builder.RunAsync("build", "--arch", "arm64", context)).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("no cluster", (await builder.RunAsync("swarm", "init")).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manual_pages_are_written_and_man_takes_them()
    {
        using var builder = new BuilderProgram();
        var pages = builder.Files.PathOf("man1");
        (await builder.RunAsync("man", "--out", pages)).ExpectSuccess();
        Assert.Contains("builder-build.1", Directory.GetFiles(pages).Select(Path.GetFileName));
        Tool.Require("groff");
        foreach (var page in Directory.GetFiles(pages))
        {
            var read = (await Tool.RunAsync("groff", ["-man", "-Tutf8", "-P-cbou", "-ww", page])).ExpectSuccess();
            Assert.Equal("", read.Error);
            Assert.Contains("SYNOPSIS", read.Output, StringComparison.Ordinal);
        }
    }
}
