using System.CommandLine;
using Builder.Cli.Displays;
using Builder.Diagnostics;
using Builder.Engine.CacheMounts;
using Builder.Engine.Caching;
using Builder.Storage;
using Builder.Storage.CacheMounts;

namespace Builder.Cli.Commands;

/// <summary><c>builder cache</c>: what <c>RUN --mount=type=cache</c> keeps from one build to the next.</summary>
internal static class CacheCommand
{
    private static readonly Option<bool> All = new("--all", "-a") { Description = "Remove every cache" };
    private static readonly Argument<string[]> Ids = new("id") { Description = "Id of a cache, or its name as builder cache ls shows it", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string?> Format = new("--format") { Description = "table, json, or a template such as '{{.ID}}'", HelpName = "format" };

    private static readonly RowField[] ListFields = [new("Name", "NAME"), new("ID", "ID"), new("Owner", "OWNER"), new("Folders", "FOLDERS"), new("LastUsed", "LAST USED")];
    private static readonly RowField[] UsageFields = [new("Name", "NAME"), new("ID", "ID"), new("Files", "FILES"), new("Size", "SIZE")];

    private static readonly Option<string> To = new("--to") { Description = "Where to: type=registry,ref=IMAGE or type=local,dest=FOLDER", Required = true, HelpName = "cache" };
    private static readonly Option<string> From = new("--from") { Description = "Where from: type=registry,ref=IMAGE or type=local,src=FOLDER", Required = true, HelpName = "cache" };

    public static Command Create()
    {
        var list = new Command("ls", "List caches") { Format };
        list.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => ListAsync(session, parsed, token)));
        var usage = new Command("du", "Show what caches take on the disk") { Format, Ids };
        usage.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => MeasureAsync(session, parsed, token)));
        var remove = new Command("rm", "Remove caches") { All, Ids };
        remove.SetAction((parsed, _) => Session.RunAsRootAsync((session, token) => RemoveAsync(session, parsed, token)));
        var export = new Command("export", "Send caches to a registry or a folder") { To, Ids };
        export.SetAction((parsed, _) => Session.RunAsRootAsync(async (session, token) =>
            Tell(await TravelOf(session).ExportAsync(CacheSpec.Parse(parsed.GetValue(To)!, isExport: true), parsed.GetValue(Ids) ?? [], token))));
        var import = new Command("import", "Take in caches from a registry or a folder; those that are here stay as they are") { From, Ids };
        import.SetAction((parsed, _) => Session.RunAsRootAsync(async (session, token) =>
            Tell(await TravelOf(session).ImportAsync(CacheSpec.Parse(parsed.GetValue(From)!, isExport: false), parsed.GetValue(Ids) ?? [], token))));
        return new Command("cache", "Show, move and remove what RUN --mount=type=cache keeps") { list, usage, remove, export, import };
    }

    private static CacheMountTravel TravelOf(Session session) => new(session.Store, session.Registry);

    private static int Tell(IReadOnlyList<string> ids)
    {
        foreach (var id in ids)
        {
            Terminal.WriteLine(Terminal.Harmless(id));
        }

        return 0;
    }

    private static async Task<int> ListAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        var rows =
            from cache in await session.Store.CacheMounts.ListAsync(cancellationToken)
            select (string[])[cache.Name, cache.Key.Id, OwnerOf(cache.Key), cache.Directories.ToString(), cache.InUse ? "in use" : Ages.Format(cache.LastUsed, now)];
        RowFormat.Write(parsed.GetValue(Format), ListFields, [.. rows]);
        return 0;
    }

    private static async Task<int> MeasureAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var store = session.Store.CacheMounts;
        var caches = await ChooseAsync(store, parsed.GetValue(Ids) ?? [], cancellationToken);
        var usages = caches.Select(cache => (Cache: cache, Usage: store.Measure(cache))).ToList();
        var rows = usages.Select(each => (string[])[each.Cache.Name, each.Cache.Key.Id, each.Usage.Files.ToString(), Sizes.Format(each.Usage.Bytes)]);

        // A sum is for people; whoever asks for a form of his own can add up.
        string[] total = ["", "total", usages.Sum(each => each.Usage.Files).ToString(), Sizes.Format(usages.Sum(each => each.Usage.Bytes))];
        RowFormat.Write(parsed.GetValue(Format), UsageFields, [.. string.IsNullOrEmpty(parsed.GetValue(Format)) ? rows.Append(total) : rows]);
        return 0;
    }

    private static async Task<int> RemoveAsync(Session session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var ids = parsed.GetValue(Ids) ?? [];
        if (ids.Length == 0 != parsed.GetValue(All))
        {
            throw new BuilderException(CliErrors.Usage, "which caches are to be removed?", "name them by id, or give --all and no id");
        }

        foreach (var cache in await ChooseAsync(session.Store.CacheMounts, ids, cancellationToken))
        {
            await session.Store.CacheMounts.RemoveAsync(cache, cancellationToken);
            Terminal.WriteLine(cache.Name);
        }

        return 0;
    }

    /// <summary>The caches of some ids or names, in the order of the list; all for none.</summary>
    private static async Task<IReadOnlyList<CacheMountInfo>> ChooseAsync(CacheMountStore store, string[] ids, CancellationToken cancellationToken)
    {
        var caches = await store.ListAsync(cancellationToken);
        var unknown = Array.Find(ids, id => !caches.Any(cache => Is(cache, id)));
        return unknown is not null
            ? throw new BuilderException(StorageErrors.NoSuchCacheMount, $"there is no cache '{unknown}'", "see builder cache ls")
            : [.. caches.Where(cache => ids.Length == 0 || ids.Any(id => Is(cache, id)))];
    }

    private static bool Is(CacheMountInfo cache, string id) => cache.Key.Id == id || cache.Name == id;

    private static string OwnerOf(CacheMountKey key) => $"{key.Uid ?? 0}:{key.Gid ?? 0}";
}
