using System.Security.Cryptography;
using System.Text;
using Builder.Cli.Displays;
using Builder.Engine.Anatomy;
using Builder.Engine.Anatomy.Packages;
using Builder.Engine.Images;

namespace Builder.Cli.Reports;

/// <summary>What a report is about: a build, images, or an image and the build that made it.</summary>
/// <param name="Subject">What the page is called.</param>
/// <param name="Build">Null when nothing is known of how the image came about but its history.</param>
/// <param name="Images">Several for several platforms; none of a build that failed or went elsewhere.</param>
internal sealed record Report(string Subject, BuildRecord? Build, IReadOnlyList<(StoredImage Image, ImageAnatomy Anatomy)> Images)
{
    /// <summary>Why the build failed; null when it did not.</summary>
    public string? Failure { get; init; }
}

/// <summary>
/// A report as one HTML page that needs nothing else: no script, no font, no picture from anywhere, and a policy that forbids the
/// browser to fetch any. Everything that an image or a Dockerfile says is escaped (<see cref="Markup"/>).
/// </summary>
internal static class ReportPage
{
    private const string Style = """
        :root{color-scheme:light dark;--line:#8884;--soft:#777}
        body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:1020px;padding:0 1rem}
        h1{font-size:1.5rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}
        p.facts{color:var(--soft);margin:.2rem 0}
        p.failure{color:#b3261e;font-weight:600;white-space:pre-wrap}
        svg{max-width:100%;height:auto;font:11px system-ui,sans-serif}
        svg text{fill:currentColor}svg .detail{fill:var(--soft);font-size:10px}
        .edge{fill:none;stroke:var(--soft);stroke-width:1.2}.tick{stroke:var(--line)}
        .step rect{stroke:var(--soft);fill:#8881}.ran rect{fill:#3b82f6;fill-opacity:.55}.step.ran rect{fill-opacity:.25}
        .cached rect{fill:#10b981;fill-opacity:.22}.failed rect{fill:#dc2626;fill-opacity:.6}.canceled rect{fill:#f59e0b;fill-opacity:.45}
        .layer text.light{fill:#fff}.layer text.dark{fill:#111}
        table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
        td.number,th,.fate{text-align:right;white-space:nowrap}th,.fate{text-align:left}th.number{text-align:right}
        details{margin:.3rem 0}summary{cursor:pointer}code{font:12px ui-monospace,monospace}
        """;

    /// <summary>The one thing that the page's policy lets through: this style, and no other.</summary>
    private static readonly string StyleDigest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)));

    public static string Write(Report report)
    {
        var body = Markup.Join(
        [
            Head(report),
            .. report.Build is { } build ? BuildSections(build) : [],
            .. report.Images.SelectMany(image => ImageSections(image.Image, image.Anatomy, named: report.Images.Count > 1)),
        ]);
        return $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{StyleDigest}'">
            <title>{Markup.Escape(report.Subject)} - Builder</title><style>{Style}</style></head><body>
            {body}
            </body></html>

            """;
    }

    private static Markup Head(Report report)
    {
        var build = report.Build;
        var saved = build?.Steps.Sum(step => step.SavedSeconds ?? 0) ?? 0;
        return Markup.Of($"""
            <h1>{report.Subject}</h1>{(build is null ? Markup.Empty : Markup.Of($"""
            <p class="facts" id="total">built {build.Started.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC in {GraphDrawing.Clock(build.Seconds)}, {build.CachedSteps} of {build.Steps.Count(step => step.Fate is not null)} steps from the cache{(saved > 0 ? $", {GraphDrawing.Clock(saved)} saved" : "")}</p>
            """))}{(report.Failure is null ? Markup.Empty : Markup.Of($"""<p class="failure" id="failure">{report.Failure}</p>"""))}
            """);
    }

    private static IEnumerable<Markup> BuildSections(BuildRecord build) =>
    [
        Section("Build graph", GraphDrawing.Draw(build)),
        Section("Timings", GanttDrawing.Draw(build)),
        Section("Cache", CacheTable(build)),
    ];

    private static IEnumerable<Markup> ImageSections(StoredImage image, ImageAnatomy anatomy, bool named) =>
    [
        Section(named ? $"Image for {image.Config.Platform}" : "Image", Facts(image, anatomy)),
        Section("Layers", Markup.Join([TreeMapDrawing.Draw(anatomy), LayerLists(anatomy)])),
        Section("History", History(image)),
        Section("Packages", PackageTable(anatomy.Packages)),
    ];

    private static Markup Section(string title, Markup content) => Markup.Of($"<section><h2>{title}</h2>{content}</section>");

    private static Markup CacheTable(BuildRecord build) => Markup.Of($"""
        <table id="cache"><thead><tr><th>step</th><th>line</th><th>fate</th><th>why it was not cached</th><th class="number">time</th><th class="number">cpu</th><th class="number">memory</th><th class="number">written</th></tr></thead><tbody>{Markup.Join(build.Steps.Where(step => step.Fate is not null).Select(CacheRow))}</tbody></table>
        """);

    private static Markup CacheRow(RecordedStep step) => Markup.Of($"""
        <tr class="{GraphDrawing.ClassOf(step)}"><td><code>{step.Name}</code></td><td>{step.Line?.ToString(System.Globalization.CultureInfo.InvariantCulture)}</td><td class="fate">{step.FateText}</td><td>{step.Error ?? step.Why}</td><td class="number">{(step.Ran ? GraphDrawing.Clock(step.Seconds) : step.SavedSeconds is { } saved ? $"({GraphDrawing.Clock(saved)})" : "")}</td><td class="number">{(step.CpuSeconds is { } cpu ? GraphDrawing.Clock(cpu) : "")}</td><td class="number">{(step.PeakMemory is { } peak ? Sizes.Format(peak) : "")}</td><td class="number">{(step.WrittenBytes is { } written ? Sizes.Format(written) : "")}</td></tr>

        """);

    private static Markup Facts(StoredImage image, ImageAnatomy anatomy)
    {
        var config = image.Config.Execution;
        (string Name, string? Value)[] facts =
        [
            ("id", image.Id.ToString()),
            ("names", string.Join(", ", image.Names.Select(name => name.Familiar))),
            ("platform", image.Config.Platform.ToString()),
            ("size", $"{Sizes.Format(anatomy.Size)}, {Sizes.Format(anatomy.Wasted)} of it overwritten or deleted by later layers"),
            ("entrypoint", string.Join(' ', config?.Entrypoint ?? [])),
            ("command", string.Join(' ', config?.Cmd ?? [])),
            ("user", config?.User),
        ];
        return Markup.Of($"""
            <table id="image"><tbody>{Markup.Join(facts.Where(fact => !string.IsNullOrEmpty(fact.Value)).Select(fact => Markup.Of($"<tr><th>{fact.Name}</th><td>{fact.Value}</td></tr>")))}</tbody></table>
            """);
    }

    private static Markup LayerLists(ImageAnatomy anatomy) => Markup.Join(anatomy.Layers.Select(layer => Markup.Of($"""
        <details class="files"><summary>layer {layer.Number}: {(layer.IsHere ? Sizes.Format(layer.Size) : "not in this store")}{(layer.Wasted > 0 ? $", {Sizes.Format(layer.Wasted)} wasted" : "")} <code>{GraphDrawing.Shorten(layer.CreatedBy ?? "", 90)}</code></summary><table><tbody>{Markup.Join(Biggest(layer).Select(FileRow))}</tbody></table></details>

        """)));

    private static IEnumerable<AnatomyFile> Biggest(LayerAnatomy layer) =>
        layer.Files.Where(file => file.Facts.Size > 0).OrderByDescending(file => file.Facts.Size).ThenBy(file => file.Path, StringComparer.Ordinal).Take(50);

    private static Markup FileRow(AnatomyFile file) => Markup.Of($"""
        <tr><td class="number">{Sizes.Format(file.Facts.Size)}</td><td><code>/{file.Path}</code></td><td>{(file.End == FileEnd.Seen ? "" : $"{(file.End == FileEnd.Deleted ? "deleted" : "overwritten")} by layer {file.EndedBy}")}</td></tr>
        """);

    private static Markup History(StoredImage image) => Markup.Of($"""
        <table id="history"><tbody>{Markup.Join((image.Config.History ?? []).Select(entry => Markup.Of($"<tr><td><code>{entry.CreatedBy}</code></td></tr>")))}</tbody></table>
        """);

    private static Markup PackageTable(PackageList packages) => Markup.Of($"""
        <p class="facts">{(packages.Packages.Count == 0 ? "No package is listed by a database of dpkg, apk or rpm." : $"{packages.Packages.Count} packages")}</p>{Markup.Join(packages.Unread.Select(sentence => Markup.Of($"""<p class="facts">{sentence}</p>""")))}<table id="packages"><tbody>{Markup.Join(packages.Packages.Select(package => Markup.Of($"<tr><td>{package.Kind}</td><td>{package.Name}</td><td>{package.Version}</td><td>{package.Architecture}</td><td>{package.License}</td></tr>\n")))}</tbody></table>
        """);
}
