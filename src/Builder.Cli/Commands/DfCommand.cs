using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Builder.Cli.Displays;
using Builder.Engine.Images;
using Builder.Storage.Garbage;

namespace Builder.Cli.Commands;

/// <summary><c>builder df</c>: what takes how much room, as <c>docker system df</c> says it.</summary>
internal static class DfCommand
{
    private static readonly RowField[] Summary =
    [
        new("Type", "TYPE"), new("TotalCount", "TOTAL"), new("Active", "ACTIVE"), new("Size", "SIZE"), new("Reclaimable", "RECLAIMABLE"),
    ];

    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "List every image and every step" };
    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.Type}} {{.Size}}'", HelpName = "format" };

    public static Command Create()
    {
        var command = new Command("df", "Show how much room the store takes") { Verbose, Format };
        command.SetAction((parsed, _) => Session.RunAsRootAsync((session, _) => Task.FromResult(Show(session, parsed))));
        return command;
    }

    private static int Show(Session session, ParseResult parsed)
    {
        var images = new ImageCatalog(session.Store).List();
        var usage = session.Store.MeasureUsage();
        if (parsed.GetValue(Verbose) && parsed.GetValue(Format) is { Length: > 0 } format and not "table")
        {
            DocumentFormat.Write(format, [json => Write(json, usage, images)]);
        }
        else if (parsed.GetValue(Verbose))
        {
            ShowAll(usage, images);
        }
        else
        {
            RowFormat.Write(parsed.GetValue(Format), Summary, [.. Rows(usage)]);
        }

        return 0;
    }

    private static IEnumerable<string[]> Rows(StoreUsage usage)
    {
        var unused = usage.Images.Where(image => !image.IsUsed).Sum(image => image.UniqueBytes);
        if (!usage.Images.Any(image => image.IsUsed))
        {
            unused = usage.ImageBytes;
        }

        yield return ["Images", Count(usage.Images.Count), Count(usage.Images.Count(image => image.IsUsed)), Sizes.Format(usage.ImageBytes), Share(unused, usage.ImageBytes)];
        yield return ["Build Cache", Count(usage.Steps.Count), Count(usage.Steps.Count(step => step.IsUsed)), Sizes.Format(usage.StepBytes), Share(usage.StepBytes, usage.StepBytes)];
        var idle = usage.Caches.Where(cache => !cache.IsUsed).Sum(cache => cache.Bytes);
        yield return ["Cache Mounts", Count(usage.Caches.Count), Count(usage.Caches.Count(cache => cache.IsUsed)), Sizes.Format(usage.CacheBytes), Share(idle, usage.CacheBytes)];
        yield return ["Partial Downloads", "", "", Sizes.Format(usage.PartialBytes), Share(usage.PartialBytes, usage.PartialBytes)];
        yield return ["Unreferenced", "", "", Sizes.Format(usage.GarbageBytes), Share(usage.GarbageBytes, usage.GarbageBytes)];
    }

    private static void ShowAll(StoreUsage usage, IReadOnlyList<StoredImage> images)
    {
        var now = TimeProvider.System.GetUtcNow();
        Terminal.WriteLine("Images space usage:\n");
        Table.Write(
            ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "IN USE"],
            from used in usage.Images
            let image = images.FirstOrDefault(image => image.Target.Digest == used.Target.Digest)
            from name in used.Names.DefaultIfEmpty()
            select (string[])
            [
                name is null ? "<none>" : (name with { Tag = null, Digest = null }).Familiar,
                name?.Tag ?? "<none>",
                image?.Id.Short ?? used.Target.Digest.Short,
                Ages.Format(image?.Config.Created, now),
                Sizes.Format(used.Bytes),
                Sizes.Format(used.Bytes - used.UniqueBytes),
                Sizes.Format(used.UniqueBytes),
                used.IsUsed ? "true" : "false",
            ]);
        Terminal.WriteLine($"\nBuild cache usage: {Sizes.Format(usage.StepBytes)}\n");
        Table.Write(
            ["CACHE ID", "SIZE", "LAST USED", "SHARED", "IN USE", "STEP"],
            usage.Steps.OrderBy(step => step.LastUsed).Select(step => (string[])
            [
                step.Key.Short,
                Sizes.Format(step.Bytes),
                Ages.Format(step.LastUsed, now),
                step.IsNeeded ? "true" : "false",
                step.IsUsed ? "true" : "false",
                Columns.Fit(step.Description.ReplaceLineEndings(" "), 60),
            ]));
        Terminal.WriteLine($"\nCache mounts usage: {Sizes.Format(usage.CacheBytes)}\n");
        Table.Write(
            ["NAME", "ID", "SIZE", "LAST USED", "IN USE"],
            usage.Caches.Select(cache => (string[])[cache.Name, cache.Id, Sizes.Format(cache.Bytes), Ages.Format(cache.LastUsed, now), cache.IsUsed ? "true" : "false"]));
        Terminal.WriteLine($"\nPartial downloads: {Sizes.Format(usage.PartialBytes)}");
        Terminal.WriteLine($"Unreferenced: {Sizes.Format(usage.GarbageBytes)}");
    }

    /// <summary>Everything in bytes and full ids, with the names that <c>docker system df -v --format json</c> has.</summary>
    private static void Write(Utf8JsonWriter json, StoreUsage usage, IReadOnlyList<StoredImage> images)
    {
        json.WriteStartObject();
        json.WriteStartArray("Images");
        foreach (var used in usage.Images)
        {
            json.WriteStartObject();
            json.WriteString("ID", (images.FirstOrDefault(image => image.Target.Digest == used.Target.Digest)?.Id ?? used.Target.Digest).ToString());
            TextOrJson.WriteList(json, "Names", used.Names.Select(name => name.Familiar));
            json.WriteNumber("Size", used.Bytes);
            json.WriteNumber("SharedSize", used.Bytes - used.UniqueBytes);
            json.WriteNumber("UniqueSize", used.UniqueBytes);
            json.WriteBoolean("InUse", used.IsUsed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("BuildCache");
        foreach (var step in usage.Steps.OrderBy(step => step.LastUsed))
        {
            json.WriteStartObject();
            json.WriteString("ID", step.Key.ToString());
            json.WriteNumber("Size", step.Bytes);
            json.WriteString("LastUsedAt", step.LastUsed);
            json.WriteBoolean("Shared", step.IsNeeded);
            json.WriteBoolean("InUse", step.IsUsed);
            json.WriteString("Description", step.Description);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("CacheMounts");
        foreach (var cache in usage.Caches)
        {
            json.WriteStartObject();
            json.WriteString("Name", cache.Name);
            json.WriteString("ID", cache.Id);
            json.WriteNumber("Size", cache.Bytes);
            json.WriteString("LastUsedAt", cache.LastUsed);
            json.WriteBoolean("InUse", cache.IsUsed);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("PartialDownloads", usage.PartialBytes);
        json.WriteNumber("Unreferenced", usage.GarbageBytes);
        json.WriteEndObject();
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(long part, long whole) =>
        whole == 0 ? Sizes.Format(part) : string.Create(CultureInfo.InvariantCulture, $"{Sizes.Format(part)} ({part * 100 / whole}%)");
}
