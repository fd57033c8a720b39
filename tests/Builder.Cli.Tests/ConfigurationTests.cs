using System.CommandLine;
using System.Text.Json;
using Builder.Cli.Configuration;
using Builder.Diagnostics;
using Builder.Testing;

namespace Builder.Cli.Tests;

/// <summary>spec/configuration.md: the line, then the environment, then builder.json of project, user and system.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private static readonly RootCommand Root = CommandLine.CreateRoot();

    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public ConfigurationTests()
    {
        variables["HOME"] = folder["home"];
        Directory.CreateDirectory(folder["project"]);
        Directory.CreateDirectory(folder["home/.config/builder"]);
    }

    [Fact]
    public void Nothing_is_added_where_nothing_is_set()
    {
        string[] line = ["build", "."];
        Assert.Same(line, Complete(line));
    }

    [Fact]
    public void The_line_beats_the_environment_which_beats_the_project_which_beats_the_user()
    {
        Write("home/.config/builder/builder.json", """{ "build": { "progress": "tty", "jobs": 1, "target": "user", "network": "host" } }""");
        Write("project/builder.json", """{ "build": { "progress": "quiet", "jobs": 2, "target": "project" } }""");
        variables["BUILDER_BUILD_JOBS"] = "3";
        variables["BUILDER_BUILD_PROGRESS"] = "auto";
        Assert.Equal(["--jobs=3", "--target=project", "--network=host"], Complete(["build", "--progress", "plain", "."])[1..4]);
    }

    [Fact]
    public void Values_may_be_of_any_kind_and_several()
    {
        Write("project/builder.json", """
            {
                "$schema": "https://example/builder.schema.json",
                // A comment, and a trailing comma.
                "build": { "no-cache": true, "jobs": 4, "build-arg": ["A=1", "B=x y"], "label": "l=1", },
            }
            """);
        Assert.Equal(["build", "--no-cache=true", "--jobs=4", "--build-arg=A=1", "--build-arg=B=x y", "--label=l=1", "."], Complete(["build", "."]));
    }

    [Fact]
    public void Options_of_every_command_are_set_for_all()
    {
        Write("home/.config/builder/builder.json", """{ "all": { "fsync": "never", "store-budget": "1g" } }""");
        Assert.Equal(["images", "--fsync=never", "--store-budget=1g", "-q"], Complete(["images", "-q"]));
        variables["BUILDER_FSYNC"] = "always";
        Assert.Equal(["images", "--store-budget=1g"], Complete(["images"]));
    }

    [Fact]
    public void Words_go_behind_the_verb_even_when_options_come_first()
    {
        variables["BUILDER_MANIFEST_PUSH_QUIET"] = "true";
        Assert.Equal(["--fsync", "never", "manifest", "push", "--quiet=true", "a"], Complete(["--fsync", "never", "manifest", "push", "a"]));
    }

    [Theory]
    [InlineData("""{ "build": { "progres": "plain" } }""", "sets 'progres' for 'build', which is no option there", "did you mean 'progress'?")]
    [InlineData("""{ "biuld": {} }""", "'biuld', which is no command", "did you mean 'build'?")]
    [InlineData("""{ "build": [] }""", "'build' has to be an object", "for example")]
    [InlineData("""{ "build": { "target": ["a", "b"] } }""", "to several values", null)]
    [InlineData("""{ "build": { "target": {} } }""", "to something else than text", null)]
    [InlineData("{ \"build\": {\n  \"target\" \"a\" } }", ":2:", "comments")]
    [InlineData("""[1]""", "it has to be an object", "for example")]
    public void What_is_wrong_is_named_with_its_file(string text, string message, string? hint)
    {
        Write("home/.config/builder/builder.json", text);
        var error = Assert.Throws<BuilderException>(() => Complete(["build", "."]));
        Assert.Equal(CliErrors.Configuration, error.Code);
        Assert.Contains("builder.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(hint ?? "", error.Hint ?? "", StringComparison.Ordinal);
    }

    /// <summary>A checkout comes from somebody else: what it may not do, its builder.json may not do either.</summary>
    [Theory]
    [InlineData("""{ "build": { "allow": "security.insecure" } }""")]
    [InlineData("""{ "build": { "network": "host" } }""")]
    [InlineData("""{ "build": { "secret": "id=a,src=/etc/shadow" } }""")]
    [InlineData("""{ "build": { "ssh": "default" } }""")]
    [InlineData("""{ "build": { "build-context": "all=/" } }""")]
    [InlineData("""{ "build": { "output": "type=local,dest=/home" } }""")]
    [InlineData("""{ "build": { "push": true } }""")]
    [InlineData("""{ "build": { "build-arg": "AWS_SECRET_ACCESS_KEY" } }""")]
    [InlineData("""{ "all": { "store-budget": "0" } }""")]
    [InlineData("""{ "push": { "tls-verify": false } }""")]
    public void The_file_of_a_project_may_not_open_the_machine(string text)
    {
        Write("project/builder.json", text);
        Assert.Contains("which the file of a project may not", Assert.Throws<BuilderException>(() => Complete(["build", "."])).Message, StringComparison.Ordinal);
        File.Delete(folder["project/builder.json"]);
        Write("home/.config/builder/builder.json", text);
        Complete(["build", "."]);
    }

    [Fact]
    public void One_file_can_be_chosen_instead_of_all()
    {
        Write("project/builder.json", "no JSON");
        Write("chosen.json", """{ "build": { "target": "a" } }""");
        variables["BUILDER_CONFIG"] = folder["chosen.json"];
        Assert.Equal(["build", "--target=a", "."], Complete(["build", "."]));
        variables["BUILDER_CONFIG"] = "";
        Assert.Equal(["build", "."], Complete(["build", "."]));
    }

    [Fact]
    public void The_schema_names_every_option_that_a_file_may_set()
    {
        using var schema = JsonDocument.Parse(ConfigurationSchema.Render(Root));
        var verbs = schema.RootElement.GetProperty("properties");
        Assert.Equal("array", verbs.GetProperty("build").GetProperty("properties").GetProperty("build-arg").GetProperty("type")[1].GetString());
        Assert.Equal("boolean", verbs.GetProperty("build").GetProperty("properties").GetProperty("no-cache").GetProperty("type")[0].GetString());
        Assert.True(verbs.GetProperty("all").GetProperty("properties").TryGetProperty("store-budget", out _));
        Assert.True(verbs.GetProperty("manifest push").GetProperty("properties").TryGetProperty("format", out _));
    }

    public void Dispose() => folder.Dispose();

    private string[] Complete(string[] line) =>
        Cli.Configuration.Configuration.Read(Root, name => variables.GetValueOrDefault(name), folder["project"]).Complete(line, Root.Parse(line));

    private void Write(string path, string text) => File.WriteAllText(folder[path], text);
}
