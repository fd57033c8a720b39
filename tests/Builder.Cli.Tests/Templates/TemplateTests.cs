using System.Text.Json;
using Builder.Cli.Templates;
using Builder.Diagnostics;
using CsCheck;

namespace Builder.Cli.Tests.Templates;

/// <summary>What Go's text/template and docker inspect -f print for the same templates.</summary>
public sealed class TemplateTests
{
    private const string Document = """
        {"Id":"sha256:ab","RepoTags":["a:1","b:2"],"Size":1234,"Ratio":0.5,"Dangling":false,"Parent":"",
         "Config":{"Env":["PATH=/bin","A=b c"],"Cmd":["sh","-c"],"Labels":{"z":"26","a.b/c":"1"},"ExposedPorts":{"80/tcp":{}},"User":null},
         "RootFS":{"Type":"layers","Layers":["sha256:1","sha256:2"]}}
        """;

    [Theory]
    [InlineData("{{.Id}}", "sha256:ab")]
    [InlineData("{{ .ID }}", "sha256:ab")]
    [InlineData("a{{.Size}}b", "a1234b")]
    [InlineData("{{.Ratio}} {{.Dangling}}", "0.5 false")]
    [InlineData("{{.RepoTags}}", "[a:1 b:2]")]
    [InlineData("{{.Config.Labels}}", "map[a.b/c:1 z:26]")]
    [InlineData("{{.Config.ExposedPorts}}", "map[80/tcp:map[]]")]
    [InlineData("{{.Config.Healthcheck}}", "<no value>")]
    [InlineData("{{if .Config.Healthcheck}}yes{{else}}no{{end}}", "no")]
    [InlineData("{{.Config.Healthcheck.Test}}", "<no value>")]
    [InlineData("{{json .Config.Labels}}", """{"z":"26","a.b/c":"1"}""")]
    [InlineData("{{json .RootFS.Layers}}", """["sha256:1","sha256:2"]""")]
    [InlineData("{{index .Config.Labels \"a.b/c\"}}", "1")]
    [InlineData("{{index .RepoTags 1}}", "b:2")]
    [InlineData("{{(index .RepoTags 0)}}", "a:1")]
    [InlineData("{{len .RootFS.Layers}}", "2")]
    [InlineData("{{join .Config.Cmd \" \"}}", "sh -c")]
    [InlineData("{{.RepoTags | json}}", """["a:1","b:2"]""")]
    [InlineData("{{range .Config.Env}}{{println .}}{{end}}", "PATH=/bin\nA=b c\n")]
    [InlineData("{{range $i, $e := .Config.Env}}{{if $i}}, {{end}}{{$i}}:{{$e}}{{end}}", "0:PATH=/bin, 1:A=b c")]
    [InlineData("{{range $k, $v := .Config.Labels}}{{$k}}={{$v}};{{end}}", "a.b/c=1;z=26;")]
    [InlineData("{{range $p, $conf := .Config.ExposedPorts}}{{$p}}{{end}}", "80/tcp")]
    [InlineData("{{range .Config.Volumes}}x{{else}}none{{end}}", "none")]
    [InlineData("{{with .Config}}{{.Cmd}} {{$.Id}}{{end}}", "[sh -c] sha256:ab")]
    [InlineData("{{with .Parent}}x{{else}}no parent{{end}}", "no parent")]
    [InlineData("{{if eq .Size 1234}}=={{else if gt .Size 5}}>{{else}}<{{end}}", "==")]
    [InlineData("{{if eq .Size 1}}=={{else if gt .Size 5}}>{{else}}<{{end}}", ">")]
    [InlineData("{{if and .Id (not .Parent)}}root{{end}}", "root")]
    [InlineData("{{or .Parent \"none\"}}", "none")]
    [InlineData("{{$x := .Id}}{{$x = upper $x}}{{$x}}", "SHA256:AB")]
    [InlineData("{{printf \"%-6s|%4d|%q\" .RootFS.Type .Size .Id}}", "layers|1234|\"sha256:ab\"")]
    [InlineData("{{printf \"%.3s\" .RootFS.Type}}", "lay")]
    [InlineData("{{slice .Id 7 9}}", "ab")]
    [InlineData("{{index (split .Id \":\") 1}}", "ab")]
    [InlineData("{{title \"hello world\"}} {{lower \"ABC\"}} {{truncate .Id 3}}", "Hello World abc sha")]
    [InlineData("a {{- /* nothing */ -}} b", "ab")]
    [InlineData("a {{- .Size -}} b", "a1234b")]
    [InlineData("{{.Config.User}}", "<no value>")]
    [InlineData("{{`raw \"text\"`}} {{\"\\u0041\\t\"}}", "raw \"text\" A\t")]
    [InlineData("no braces", "no braces")]
    public void Templates_print_what_Go_prints(string template, string expected)
    {
        using var document = JsonDocument.Parse(Document);
        Assert.Equal(expected, Template.Parse(template).Render(Template.ValueOf(document.RootElement)));
    }

    [Theory]
    [InlineData("{{.Id", "at character 1, {{ without its }}")]
    [InlineData("{{range .Config.Env}}x", "its end, where something is missing")]
    [InlineData("{{end}}", "'{{', which is not expected there")]
    [InlineData("{{frobnicate .Id}}", "frobnicate, which is no function")]
    [InlineData("{{.Id .Size}}", "is not expected there")]
    [InlineData("{{\"abc}}", "a string that does not end")]
    [InlineData("{{.Idd}}", "a field '.Idd'")]
    [InlineData("{{.Id.Name}}", "which has no fields")]
    [InlineData("{{$x}}", "before it has a value")]
    [InlineData("{{index .RepoTags 7}}", "item 7 of a list of 2")]
    [InlineData("{{join .Id}}", "it takes two")]
    [InlineData("{{.Size | .Id}}", "pipes into a value")]
    [InlineData("{{range .Id}}{{end}}", "which has no items")]
    [InlineData("{{lt .Id 3}}", "of different kinds")]
    [InlineData("{{printf \"%d\" .Id}}", "%d, which is for something else")]
    public void What_is_wrong_is_named(string template, string expected)
    {
        using var document = JsonDocument.Parse(Document);
        var error = Assert.Throws<BuilderException>(() => Template.Parse(template).Render(Template.ValueOf(document.RootElement)));
        Assert.Equal(CliErrors.Usage, error.Code);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_has_no_other_fields_than_its_own()
    {
        var row = new TemplateRow { ["Repository"] = "a", ["Tag"] = "1" };
        Assert.Equal("a:1", Template.Parse("{{.Repository}}:{{.Tag}}").Render(row));
        var error = Assert.Throws<BuilderException>(() => Template.Parse("{{.Labels}}").Render(row));
        Assert.Contains("there is .Repository, .Tag", error.Hint, StringComparison.Ordinal);
    }

    /// <summary>Any text is a template or a usage error, and deep nesting is an error too.</summary>
    [Fact]
    public void Any_text_renders_or_is_refused()
    {
        var pieces = Gen.OneOf("{{", "}}", ".", ".Id", " ", "range", "if", "end", "else", "with", "|", "(", ")", "$x", ":=", "\"", "`", "json", "-", "12", "printf", "\\", "/*", "*/", ",");
        pieces.Array[0, 12].Select(string.Concat).Sample(RendersOrRefuses, iter: 20_000);
        RendersOrRefuses(string.Concat(Enumerable.Repeat("{{if .Id}}", 100_000)));
        RendersOrRefuses("{{if .Id}}" + string.Concat(Enumerable.Repeat("{{else if .Id}}", 100_000)) + "{{end}}");
        RendersOrRefuses("{{" + new string('(', 100_000));
    }

    private static void RendersOrRefuses(string text)
    {
        try
        {
            Template.Parse(text).Render(new TemplateRow { ["Id"] = "a" });
        }
        catch (BuilderException e)
        {
            Assert.Equal(CliErrors.Usage, e.Code);
        }
    }
}
