using System.Text.Json;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>build --check</c> and <c>--call</c>, and what checks do to a build.</summary>
public sealed class CheckCommandTests
{
    private const string Findings = "FROM scratch AS Foo\nCMD x\n";

    [Fact]
    public async Task Check_tells_what_it_finds_and_builds_nothing()
    {
        using var builder = Prepare(Findings);
        var result = await builder.RunAsync("build", "--check", builder.Files.Path);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("Check complete, 2 warnings have been found!", result.Output, StringComparison.Ordinal);
        Assert.Contains("WARNING: StageNameCasing - spec/checks/StageNameCasing.md", result.Output, StringComparison.Ordinal);
        Assert.Contains("   1 | >>> FROM scratch AS Foo", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("sha256:", (await builder.RunAsync("images", "-q")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_of_a_clean_file_is_happy()
    {
        using var builder = Prepare("FROM scratch AS foo\nCMD [\"x\"]\n");
        var result = await builder.RunAsync("build", "--check", builder.Files.Path);
        Assert.Equal((0, "Check complete, no warnings found.\n"), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task Machines_read_json_and_sarif()
    {
        using var builder = Prepare(Findings);
        var json = await builder.RunAsync("build", "--call=check,format=json", builder.Files.Path);
        using var warnings = JsonDocument.Parse(json.Output);
        Assert.Equal((3, 2), (json.ExitCode, warnings.RootElement.GetProperty("warnings").GetArrayLength()));
        var sarif = await builder.RunAsync("build", "--call=check,format=sarif,ignorestatus", builder.Files.Path);
        using var log = JsonDocument.Parse(sarif.Output);
        Assert.Equal((0, 2), (sarif.ExitCode, log.RootElement.GetProperty("runs")[0].GetProperty("results").GetArrayLength()));
    }

    [Fact]
    public async Task A_file_that_does_not_parse_is_an_answer_too()
    {
        using var builder = Prepare("FROM scratch\nRUNN x\n");
        var result = await builder.RunAsync("build", "--call=check,format=json", builder.Files.Path);
        using var json = JsonDocument.Parse(result.Output);
        Assert.Contains("unknown instruction: RUNN", json.RootElement.GetProperty("buildError").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("error BLD3003", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_that_cannot_be_reached_does_not_keep_a_file_from_being_checked()
    {
        using var builder = Prepare("FROM 127.0.0.1:1/nothing:here AS Foo\nENV A=$OF_THE_BASE\n");
        var result = await builder.RunAsync("build", "--check", builder.Files.Path);
        Assert.Contains("1 warning has been found", result.Output, StringComparison.Ordinal);
        Assert.Contains("note: checks that depend on 127.0.0.1:1/nothing:here were left out", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outline_and_targets()
    {
        using var builder = Prepare("# tools has compilers\nFROM scratch AS tools\nFROM scratch\n# MODE how\nARG MODE=fast\n");
        var outline = await builder.RunAsync("build", "--call=outline", builder.Files.Path);
        Assert.Equal((0, "BUILD ARG   VALUE   DESCRIPTION\nMODE        fast    how\n"), (outline.ExitCode, outline.Output));
        var targets = await builder.RunAsync("build", "--call=targets", builder.Files.Path);
        Assert.Equal((0, "TARGET      DESCRIPTION\ntools       has compilers\n(default)\n"), (targets.ExitCode, targets.Output));
    }

    [Fact]
    public async Task A_build_tells_warnings_in_a_line_each_and_builds_nevertheless()
    {
        using var builder = Prepare(Findings);
        var result = await builder.RunAsync("build", builder.Files.Path);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("2 warnings:\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("Dockerfile:1: StageNameCasing: Stage name 'Foo' should be lowercase\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("hint: build with --check", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_with_error_fails_the_build_before_anything_is_built()
    {
        using var builder = Prepare("# check=error=true\n" + Findings + "COPY not-there /\n");
        var result = await builder.RunAsync("build", builder.Files.Path);
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("error BLD3301: lint violation found for rules: JSONArgsRecommended, StageNameCasing", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not-there", result.Error, StringComparison.Ordinal);
    }

    [Fact] // Q13
    public async Task A_copied_file_that_is_ignored_and_a_wildcard_without_a_match_are_found()
    {
        using var builder = Prepare("FROM scratch\nCOPY hidden /\nCOPY *.txt *ockerfile /d/\n");
        File.WriteAllText(builder.Files.PathOf(".dockerignore"), "hidden\n");
        File.WriteAllText(builder.Files.PathOf("hidden"), "");
        var result = await builder.RunAsync("build", "--check", builder.Files.Path);
        Assert.Contains("Attempting to Copy file \"hidden\" that is excluded by .dockerignore", result.Output, StringComparison.Ordinal);
        Assert.Contains("The pattern \"*.txt\" matches nothing", result.Output, StringComparison.Ordinal);
        Assert.Contains("2 warnings have been found", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_front_end_is_refused_unless_the_user_knows_better()
    {
        using var builder = Prepare("# syntax=example.com/other:1\nFROM scratch\nLABEL a=b\n");
        var refused = await builder.RunAsync("build", builder.Files.Path);
        Assert.Equal(3, refused.ExitCode);
        Assert.Contains("error BLD3015", refused.Error, StringComparison.Ordinal);
        (await builder.RunAsync("build", "--build-arg", "BUILDKIT_SYNTAX=docker/dockerfile:1", builder.Files.Path)).ExpectSuccess();
    }

    [Fact]
    public async Task A_call_that_does_not_exist_is_a_usage_error()
    {
        using var builder = Prepare(Findings);
        var result = await builder.RunAsync("build", "--call=chek", builder.Files.Path);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("did you mean check?", result.Error, StringComparison.Ordinal);
    }

    private static BuilderProgram Prepare(string dockerfile)
    {
        var builder = new BuilderProgram(Flavour.Jit);
        File.WriteAllText(builder.Files.PathOf("Dockerfile"), dockerfile);
        return builder;
    }
}
