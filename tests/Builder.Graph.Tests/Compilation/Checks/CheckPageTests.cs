using System.Text.RegularExpressions;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Checks;
using Builder.Graph.Compilation;
using Builder.Graph.Inspection;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation.Checks;

/// <summary>The pages below spec/checks are executed: a bad example has its finding, a good one has not.</summary>
public sealed partial class CheckPageTests : CompilerTest
{
    private static readonly string Pages = Path.Combine(Root(new DirectoryInfo(AppContext.BaseDirectory)), "spec", "checks");

    public static TheoryData<string> Names => [.. CheckRules.All.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task The_bad_example_triggers_the_check(string name) => Assert.Contains(name, await FoundIn(Section(name, "Bad")));

    [Theory, MemberData(nameof(Names))]
    public async Task The_good_example_triggers_no_check(string name) => Assert.Empty(await FoundIn(Section(name, "Good")));

    [Theory, MemberData(nameof(Names))]
    public async Task The_check_can_be_skipped_as_the_page_says(string name)
    {
        var (dockerfile, ignore) = Section(name, "Bad");
        var skip = dockerfile.StartsWith("# check=", StringComparison.Ordinal)
            ? new Regex("^# check=[^\n]*").Replace(dockerfile, $"# check=skip={name}", 1)
            : $"# check=skip={name}\n{dockerfile}";
        Assert.DoesNotContain(name, await FoundIn((skip, ignore)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_page_says_what_why_and_how(string name)
    {
        var text = File.ReadAllText(Path.Combine(Pages, name + ".md"));
        Assert.StartsWith($"# {name}\n", text, StringComparison.Ordinal);
        Assert.Equal(["Bad", "Good", "Why", "How to skip"], Heading().Matches(text).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void The_index_lists_every_check_and_every_page_is_one_of_a_check()
    {
        var index = File.ReadAllText(Path.Combine(Pages, "README.md"));
        Assert.All(CheckRules.All, rule => Assert.Contains($"[{rule.Name}]({rule.Name}.md)", index, StringComparison.Ordinal));
        Assert.Equal(
            CheckRules.All.Select(rule => rule.Name).Order(StringComparer.Ordinal),
            Directory.GetFiles(Pages).Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "README").Order(StringComparer.Ordinal));
    }

    /// <summary>The images of the pages: one for another processor, whatever is asked for, and ordinary ones.</summary>
    private async Task<IEnumerable<string>> FoundIn((string Dockerfile, string? Ignore) example)
    {
        Resolver.Configs["arm64v8/alpine"] = FakeResolver.Config(Platform.Parse("linux/arm64"));
        var options = new CompileOptions
        {
            TargetPlatform = Platform.Parse("linux/amd64"),
            Context = new FakeContext(example.Ignore, "main.go", "go.mod", "README.md", "app.conf"),
        };
        var report = await DockerfileInspector.CheckAsync(
            DockerfileParser.Parse(new SourceText("Dockerfile", example.Dockerfile)), options, Resolver, CancellationToken.None);
        return report.Warnings.Select(warning => warning.Rule);
    }

    private static (string Dockerfile, string? Ignore) Section(string name, string heading)
    {
        var text = File.ReadAllText(Path.Combine(Pages, name + ".md"));
        var start = text.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        var blocks = Block().Matches(text[start..end]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return (blocks["dockerfile"], blocks.GetValueOrDefault("dockerignore"));
    }

    private static string Root(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Builder.sln")) ? folder.FullName : Root(folder.Parent!);

    [GeneratedRegex("```([a-z]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
