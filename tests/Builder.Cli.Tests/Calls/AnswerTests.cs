using System.Text;
using System.Text.Json;
using Builder.Cli.Calls;
using Builder.Diagnostics;
using Builder.Engine.Inspection;
using Builder.Graph.Inspection;

namespace Builder.Cli.Tests.Calls;

/// <summary>The answers of <c>--call</c> in all their forms.</summary>
public class AnswerTests
{
    private static readonly SourceText Source = new("./some dir/Dockerfile", "FROM a AS Foo\nCMD x \\\n  y\nNOPE\n");

    private static readonly Diagnostic Casing = new("StageNameCasing", Severity.Warning, "Stage name 'Foo' should be lowercase", Source.Span(10, 3));

    private static readonly Diagnostic OwnCheck = new("FlagIgnored", Severity.Warning, "m", Source.Span(14, 12), "h");

    private static readonly BuilderException Error = new(new ErrorCode(3003), "unknown instruction: NOPE", "h", Source.Span(26, 4));

    [Fact]
    public void Text_shows_the_lines_as_buildkit_does() => Assert.Equal(
        """
        Check complete, 2 warnings have been found!

        WARNING: StageNameCasing - spec/checks/StageNameCasing.md
        Stage name 'Foo' should be lowercase
        ./some dir/Dockerfile:1
        --------------------
           1 | >>> FROM a AS Foo
           2 |     CMD x \
           3 |       y
        --------------------

        WARNING: FlagIgnored - spec/checks/FlagIgnored.md
        m
        hint: h
        ./some dir/Dockerfile:2
        --------------------
           1 |     FROM a AS Foo
           2 | >>> CMD x \
           3 | >>>   y
           4 |     NOPE
        --------------------
        """,
        InspectionText.Check(File(null, Casing, OwnCheck)));

    [Fact]
    public void Nothing_found_is_said() => Assert.Equal("Check complete, no warnings found.", InspectionText.Check(File(null)));

    [Fact]
    public void Text_of_a_hostile_file_cannot_take_over_the_terminal()
    {
        var evil = new SourceText("Dockerfile", "FROM a\n# \e[2J\n");
        var text = InspectionText.Check(new CheckedDockerfile(evil, new CheckReport([new Diagnostic("X", Severity.Warning, "m\e[2J", evil.Span(7, 3))], null, false), []));
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public void Json_has_buildkits_shape()
    {
        using var json = JsonDocument.Parse(BuildKitJson.Check(File(Error, Casing, OwnCheck)));
        var warning = json.RootElement.GetProperty("warnings")[0];
        Assert.Equal("StageNameCasing", warning.GetProperty("ruleName").GetString());
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/stage-name-casing/", warning.GetProperty("url").GetString());
        Assert.Equal("Stage name 'Foo' should be lowercase", warning.GetProperty("detail").GetString());
        Assert.Equal("Stage names should be lowercase", warning.GetProperty("description").GetString());
        var range = warning.GetProperty("location").GetProperty("ranges")[0];
        Assert.Equal((1, 10), (range.GetProperty("start").GetProperty("line").GetInt32(), range.GetProperty("start").GetProperty("character").GetInt32()));
        Assert.Equal((1, 13), (range.GetProperty("end").GetProperty("line").GetInt32(), range.GetProperty("end").GetProperty("character").GetInt32()));
        Assert.Equal("spec/checks/FlagIgnored.md", json.RootElement.GetProperty("warnings")[1].GetProperty("url").GetString());
        var source = json.RootElement.GetProperty("sources")[0];
        Assert.Equal((Source.Path, "Dockerfile"), (source.GetProperty("filename").GetString(), source.GetProperty("language").GetString()));
        Assert.Equal(Source.Text, Encoding.UTF8.GetString(source.GetProperty("data").GetBytesFromBase64()));
        Assert.Equal("unknown instruction: NOPE", json.RootElement.GetProperty("buildError").GetProperty("message").GetString());
        Assert.Equal(4, json.RootElement.GetProperty("buildError").GetProperty("location").GetProperty("ranges")[0].GetProperty("start").GetProperty("line").GetInt32());
    }

    [Fact]
    public void Sarif_is_what_the_standard_says()
    {
        using var json = JsonDocument.Parse(SarifJson.Check(File(Error, Casing, OwnCheck)));
        Assert.Equal("2.1.0", json.RootElement.GetProperty("version").GetString());
        var run = json.RootElement.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        var results = run.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["StageNameCasing warning", "FlagIgnored warning", "BLD3003 error"], results.Select(result => $"{result.GetProperty("ruleId")} {result.GetProperty("level")}"));
        Assert.All(results, result => Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        Assert.All(rules.EnumerateArray(), rule => Assert.True(!rule.TryGetProperty("helpUri", out var uri) || Uri.IsWellFormedUriString(uri.GetString(), UriKind.Absolute)));
        var place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("some%20dir/Dockerfile", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.Equal("1 11 1 14", string.Join(' ', place.GetProperty("region").EnumerateObject().Select(member => member.Value.GetInt32())));
        Assert.Equal("m. Hint: h", results[1].GetProperty("message").GetProperty("text").GetString());
    }

    /// <summary>What SARIF 2.1.0 requires of each object that is written, and of the values of its members.</summary>
    [Fact]
    public void Sarif_has_everything_that_is_required()
    {
        using var json = JsonDocument.Parse(SarifJson.Check(File(Error, Casing, OwnCheck)));
        Assert.True(Uri.IsWellFormedUriString(json.RootElement.GetProperty("$schema").GetString(), UriKind.Absolute));
        Assert.Equal("2.1.0", json.RootElement.GetProperty("version").GetString());
        var run = Assert.Single(json.RootElement.GetProperty("runs").EnumerateArray());
        Assert.Contains(run.GetProperty("columnKind").GetString(), new[] { "utf16CodeUnits", "unicodeCodePoints" });
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("builder", driver.GetProperty("name").GetString());
        var ids = driver.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()!).ToList();
        Assert.All(ids, id => Assert.False(string.IsNullOrEmpty(id)));
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(driver.GetProperty("rules").EnumerateArray(), rule => Assert.NotEqual("", rule.GetProperty("shortDescription").GetProperty("text").GetString()));
        var artifacts = run.GetProperty("artifacts").GetArrayLength();

        Assert.Equal(3, run.GetProperty("results").GetArrayLength());
        foreach (var result in run.GetProperty("results").EnumerateArray())
        {
            Assert.Contains(result.GetProperty("ruleId").GetString()!, ids);
            Assert.Contains(result.GetProperty("level").GetString(), new[] { "none", "note", "warning", "error" });
            Assert.False(string.IsNullOrEmpty(result.GetProperty("message").GetProperty("text").GetString()));
            var place = Assert.Single(result.GetProperty("locations").EnumerateArray()).GetProperty("physicalLocation");
            Assert.True(Uri.IsWellFormedUriString(place.GetProperty("artifactLocation").GetProperty("uri").GetString(), UriKind.Relative));
            Assert.InRange(place.GetProperty("artifactLocation").GetProperty("index").GetInt32(), 0, artifacts - 1);
            var region = place.GetProperty("region");
            var (start, end) = ((region.GetProperty("startLine").GetInt32(), region.GetProperty("startColumn").GetInt32()), (region.GetProperty("endLine").GetInt32(), region.GetProperty("endColumn").GetInt32()));
            Assert.True(start.Item1 >= 1 && start.Item2 >= 1 && end.CompareTo(start) >= 0, $"{start} to {end}");
        }
    }

    [Fact]
    public void Findings_that_are_errors_are_errors_in_sarif_too()
    {
        var file = new CheckedDockerfile(Source, new CheckReport([Casing], null, AreErrors: true), []);
        using var json = JsonDocument.Parse(SarifJson.Check(file));
        Assert.Equal("error", json.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("level").GetString());
    }

    [Fact]
    public void An_outline_is_told_in_both_forms()
    {
        var outline = new Outline(
            "foo", "does it", [new OutlineArgument("MODE", "how", "fast", Source.Span(0, 4))], [new OutlineMount("s", true, Source.Span(0, 4))],
            [new OutlineMount("default", false, null)], [new OutlineCache("/c", null)]);
        Assert.Equal(
            "TARGET:        foo\nDESCRIPTION:   does it\n\nBUILD ARG   VALUE   DESCRIPTION\nMODE        fast    how\n\nSECRET   REQUIRED\ns        true\n\nSSH       REQUIRED\ndefault\n\nCACHE\n/c",
            InspectionText.Outline(outline));
        using var json = JsonDocument.Parse(BuildKitJson.Outline(Source, outline));
        Assert.Equal(["name", "description", "args", "secrets", "ssh", "cache", "sources"], json.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("fast", json.RootElement.GetProperty("args")[0].GetProperty("value").GetString());
        Assert.True(json.RootElement.GetProperty("secrets")[0].GetProperty("required").GetBoolean());
        Assert.Equal("/c", json.RootElement.GetProperty("cache")[0].GetProperty("ID").GetString());
    }

    [Fact]
    public void Targets_are_told_in_both_forms()
    {
        TargetDescription[] targets = [new("foo", "does it", false, "a", "$BUILDPLATFORM", Source.Span(0, 13)), new(null, null, true, "b", null, Source.Span(0, 13))];
        Assert.Equal("TARGET      DESCRIPTION\nfoo         does it\n(default)", InspectionText.Targets(targets));
        using var json = JsonDocument.Parse(BuildKitJson.Targets(Source, targets));
        Assert.Equal("$BUILDPLATFORM", json.RootElement.GetProperty("targets")[0].GetProperty("platform").GetString());
        Assert.True(json.RootElement.GetProperty("targets")[1].GetProperty("default").GetBoolean());
    }

    private static CheckedDockerfile File(BuilderException? error, params Diagnostic[] warnings) => new(Source, new CheckReport(warnings, error, false), []);
}
