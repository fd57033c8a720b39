using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Builder.Cli.Displays;
using Builder.Cli.Reports;
using Builder.Cli.Tests.Support;
using Builder.Engine.Anatomy;
using Builder.Engine.Anatomy.Packages;
using Builder.Engine.Images;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;
using Builder.Testing;

namespace Builder.Cli.Tests.Reports;

/// <summary>The page as markup: what it draws, and that nothing of what it is about becomes markup itself.</summary>
public sealed partial class ReportPageTests
{
    private const string Hostile = "\"><script>alert(1)</script><img src=x onerror='a()'>&\u202e\e[2J]]>";

    [Fact]
    public void Every_step_has_a_box_below_those_that_it_needs_and_what_ran_a_bar()
    {
        var page = Parse(ReportPage.Write(new Report("app", Build(), [])));
        var graph = Element(page, "graph");
        Assert.Equal(["source", "cached", "ran", "failed"], graph.Elements(Svg("g")).Select(box => box.Attribute("class")!.Value.Split(' ')[1]));
        double[] tops = [.. graph.Descendants(Svg("rect")).Select(rect => double.Parse(rect.Attribute("y")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(tops.Order(), tops);
        Assert.Equal(4, tops.Distinct().Count());
        Assert.Equal(3, graph.Elements(Svg("path")).Count());
        Assert.Equal(["RUN make", "RUN test"], Element(page, "gantt").Elements(Svg("g")).Select(bar => bar.Element(Svg("text"))!.Value));
        var rows = Element(page, "cache").Descendants("tr").Skip(1).Select(row => string.Join("|", row.Elements().Select(cell => cell.Value))).ToList();
        Assert.Equal(["FROM base||cached||(4.5s)|||", "RUN make||ran|main.c changed|2.0s|1.5s|120MB|3.4MB", "RUN test||failed|it failed|1.0s|||"], rows);
        Assert.Contains("1 of 3 steps from the cache, 4.5s saved", Element(page, "total").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_are_drawn_by_size_and_files_and_packages_listed()
    {
        var page = Parse(ReportPage.Write(new Report("app", null, [(Image(), Anatomy("usr/bin/tool"))])));
        var layers = Element(page, "treemap").Elements(Svg("g")).ToList();
        Assert.StartsWith("layer 1: 3MB", Assert.Single(layers).Element(Svg("title"))!.Value, StringComparison.Ordinal);
        Assert.Equal(["/usr/bin: 3MB"], layers[0].Elements(Svg("g")).Select(folder => folder.Element(Svg("title"))!.Value));
        Assert.Contains("/usr/bin/tool", page.Descendants("details").Single().Value, StringComparison.Ordinal);
        Assert.Contains("deleted by layer 2", page.Descendants("details").Single().Value, StringComparison.Ordinal);
        Assert.Equal("debbash5.2amd64", Element(page, "packages").Descendants("tr").Single().Value);
    }

    /// <summary>Names, instructions, reasons, packages and labels that want to be tags, leave their attribute, or turn the text around.</summary>
    [Fact]
    public void Whatever_a_text_says_it_stays_text()
    {
        var steps = Build().Steps.Select(step => step with { Name = Hostile, Why = Hostile, Error = Hostile }).ToList();
        var text = ReportPage.Write(new Report(Hostile, Build() with { Steps = steps }, [(Image(Hostile), Anatomy(Hostile, Hostile))]) { Failure = Hostile });
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
        Assert.DoesNotContain('\u202e', text);
        var page = Parse(text);
        string[] known = ["html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "section", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary", "svg", "g", "rect", "text", "path", "line"];
        Assert.All(page.Descendants(), element => Assert.Contains(element.Name.LocalName, known));
        Assert.All(page.Descendants().Attributes(), attribute => Assert.False(attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)));
        Assert.Contains("<script>alert(1)</script>", Element(page, "failure").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere_and_forbids_to_fetch_it()
    {
        var text = ReportPage.Write(new Report("app", Build(), [(Image(), Anatomy("a"))]));
        Assert.Contains("default-src 'none'", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?i)(src|href|url\()\s*=?\s*[""']?(https?:|//)", text);
    }

    [Fact]
    public void A_record_of_a_build_is_the_same_when_it_was_kept()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(Build(), BuildRecordJson.Default.BuildRecord);
        var again = System.Text.Json.JsonSerializer.Deserialize(json, BuildRecordJson.Default.BuildRecord)!;
        Assert.Equal(ReportPage.Write(new Report("app", Build(), [])), ReportPage.Write(new Report("app", again, [])));
    }

    private static BuildRecord Build()
    {
        var context = new Vertex(new ContextOperation("base")) { DisplayName = "context" };
        var from = new Vertex(Folder("base"), [context]) { DisplayName = "FROM base" };
        var make = new Vertex(Folder("make"), [from]) { DisplayName = "RUN make" };
        var test = new Vertex(Folder("test"), [make]) { DisplayName = "RUN test" };
        var key = Digest.OfText("key");
        var time = new ManualTime();
        using var ledger = new BuildLedger(new QuietDisplay(_ => { }), time, known => known == key ? TimeSpan.FromSeconds(4.5) : null, showsMisses: false);
        foreach (var e in (BuildEvent[])
            [
                new VertexCached(from, TestSteps.Begin, key), make.Started(), new VertexMissed(make, TestSteps.Begin, "main.c changed"),
                new VertexUsage(make, TestSteps.Begin, TimeSpan.FromSeconds(1.5), 120_000_000, 0, 3_400_000), make.Completed(2), test.Started(2), test.Failed(3, "it failed"),
            ])
        {
            ledger.Publish(e);
        }

        time.Advance(TimeSpan.FromSeconds(3));
        return BuildRecord.Of(ledger.Close(withSavings: true));
    }

    private static MakeDirectoryOperation Folder(string name) => new("/" + name, "");

    private static StoredImage Image(string text = "RUN make")
    {
        var blob = new Descriptor(MediaTypes.OciManifest, Digest.OfText("x"), 1);
        var config = new ImageConfig
        {
            Architecture = "amd64",
            Os = "linux",
            RootFs = new RootFs { DiffIds = [new DiffId(Digest.OfText("layer"))] },
            History = [new HistoryEntry { CreatedBy = text }],
            Execution = new ExecutionConfig { User = text, Cmd = [text], Entrypoint = [text] },
        };
        return new StoredImage(blob, [], blob, new ImageManifest { Config = blob, Layers = [blob] }, config);
    }

    private static ImageAnatomy Anatomy(string path, string instruction = "RUN make") => new(
        [new LayerAnatomy(1, new DiffId(Digest.OfText("layer")), new Descriptor(MediaTypes.OciManifest, Digest.OfText("x"), 1), instruction, true,
            [new AnatomyFile(path, new FileFacts("file", "644", "0:0", "", 3_000_000, "", ""), FileEnd.Deleted, 2, 3_000_000)])],
        new PackageList([new Package("deb", instruction == Hostile ? Hostile : "bash", "5.2", "amd64", null)], []));

    /// <summary>The page as XML: it is written so that it is both, but for the first line and the elements that HTML does not close.</summary>
    private static XDocument Parse(string page) =>
        XDocument.Parse(Unclosed().Replace(page.Replace("<!DOCTYPE html>", "", StringComparison.Ordinal), "<meta$1/>").Trim(), LoadOptions.PreserveWhitespace);

    private static XElement Element(XDocument page, string id) => page.Descendants().Single(element => element.Attribute("id")?.Value == id);

    private static XName Svg(string name) => name;

    [GeneratedRegex("<meta([^>]*)>")]
    private static partial Regex Unclosed();
}
