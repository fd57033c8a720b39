using System.CommandLine;
using Builder.Cli.Calls;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage.Garbage;

namespace Builder.Cli.Commands;

/// <summary><c>builder prune</c>: removes what is not needed; how much is the options' business.</summary>
internal static class PruneCommand
{
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Images with names too, unless they are in use" };
    private static readonly Option<bool> Force = new("--force", "-f") { Description = "Do not ask" };
    private static readonly Option<string[]> Filter = new("--filter") { Description = "until=24h: only what was not used since; label=NAME[=VALUE], label!=NAME[=VALUE]: only such images, and no build cache", HelpName = "filter" };
    private static readonly Option<string?> ReservedSpace = new("--reserved-space", "--keep-storage") { Description = "Keep what was used last, up to this size", HelpName = "size" };
    private static readonly Option<string?> MaxUsedSpace = new("--max-used-space") { Description = "Remove the longest unused until the store is no larger than this", HelpName = "size" };
    private static readonly Option<string?> MinFreeSpace = new("--min-free-space") { Description = "Remove the longest unused until this much of the disk is free", HelpName = "size" };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Say what was removed" };

    private static readonly Option<string> Format = TextOrJson.Option();

    public static Command Create()
    {
        var command = new Command("prune", "Remove what is not needed") { All, Force, Filter, ReservedSpace, MaxUsedSpace, MinFreeSpace, Verbose, Format };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => Task.FromResult(Prune(session, parsed, token))));
        return command;
    }

    private static int Prune(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var isJson = TextOrJson.IsJson(parsed, Format);
        var policy = PolicyOf(parsed);
        if (!parsed.GetValue(Force) && !Confirmation.Ask(WarningOf(policy)))
        {
            return 0;
        }

        var report = session.Store.CollectGarbage(policy, cancellationToken);
        if (isJson)
        {
            Terminal.WriteLine(JsonOf(report));
            return 0;
        }

        foreach (var name in report.Untagged)
        {
            Terminal.WriteLine($"untagged: {name.Familiar}");
        }

        foreach (var image in report.Images.Distinct())
        {
            Terminal.WriteLine($"deleted: {image}");
        }

        if (parsed.GetValue(Verbose))
        {
            Terminal.WriteLine($"removed: {report.Steps} steps, {report.Snapshots} snapshots, {report.Blobs} blobs, {report.Caches} cache mounts; {report.InUse} in use");
        }

        Terminal.WriteLine($"Total reclaimed space: {Sizes.Format(report.Bytes)}");
        return 0;
    }

    private static string JsonOf(GarbageReport report) => JsonText.Write(json =>
    {
        TextOrJson.WriteList(json, "untagged", report.Untagged.Select(name => name.Familiar));
        TextOrJson.WriteList(json, "deleted", report.Images.Distinct().Select(image => image.ToString()));
        json.WriteNumber("steps", report.Steps);
        json.WriteNumber("snapshots", report.Snapshots);
        json.WriteNumber("blobs", report.Blobs);
        json.WriteNumber("cacheMounts", report.Caches);
        json.WriteNumber("inUse", report.InUse);
        json.WriteNumber("reclaimedBytes", report.Bytes);
    });

    private static PrunePolicy PolicyOf(ParseResult parsed)
    {
        var policy = new PrunePolicy
        {
            Dangling = true,
            Named = parsed.GetValue(All),
            Steps = true,
            ReservedBytes = SizeOf(parsed.GetValue(ReservedSpace)),
            MaxUsedBytes = SizeOf(parsed.GetValue(MaxUsedSpace)),
            MinFreeBytes = SizeOf(parsed.GetValue(MinFreeSpace)),
        };
        var labels = new List<Func<ImageConfig, bool>>();
        foreach (var text in parsed.GetValue(Filter) ?? [])
        {
            var (key, value) = text.StartsWith("label!=", StringComparison.Ordinal) ? ("label!", text["label!=".Length..]) : ImageFilter.Split(text);
            switch (key)
            {
                case "until":
                    policy = policy with { Before = Moments.Parse(value, TimeProvider.System.GetUtcNow()) };
                    break;
                case "label":
                    labels.Add(ImageFilter.LabelCondition(value));
                    break;
                case "label!":
                    var unwanted = ImageFilter.LabelCondition(value);
                    labels.Add(config => !unwanted(config));
                    break;
                default:
                    throw ImageFilter.Unknown(key, ["until", "label", "label!"]);
            }
        }

        return labels.Count == 0 ? policy : policy with { Steps = false, Images = config => labels.TrueForAll(label => label(config)) };
    }

    private static string WarningOf(PrunePolicy policy)
    {
        var lines = new List<string> { "WARNING! This will remove:" };
        lines.Add(policy.Named ? "  - all images that nobody uses" : "  - all images without a name");
        if (policy.Steps)
        {
            lines.Add("  - all build cache that no image needs");
        }

        return string.Join('\n', lines);
    }

    private static long? SizeOf(string? text) => text is null ? null : ByteSizes.Parse(text);
}
