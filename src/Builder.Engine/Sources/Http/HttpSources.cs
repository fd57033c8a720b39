using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Builder.Diagnostics;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Sources.Http;

/// <summary>
/// Downloads, kept in the store as snapshots with one file (dockerfile-language.md G3). What a URL came to is remembered
/// with the server's own marks, so that an unchanged URL costs one question and no download.
/// </summary>
internal sealed class HttpSources(BuilderStore store, SourceOptions options, TimeProvider time) : IDisposable
{
    private const string ETag = "etag";
    private const string LastModified = "last modified";
    private const string Body = "digest";

    private readonly WebClient client = new(options);

    /// <exception cref="BuilderException">See <see cref="SourceErrors"/>.</exception>
    public async Task<FetchedSource> FetchAsync(HttpOperation operation, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var host = WebAddress.Parse(operation.Url).Uri.Host;
        var authorization = options.Secret("HTTP_AUTH_HEADER_" + host)
            ?? (options.Secret("HTTP_AUTH_TOKEN_" + host) is { } token ? "Bearer " + token : null);
        var urlKey = Digest.OfText($"builder.http.url.v1\n{operation.FileName}\n{operation.Url}");
        var earlier = store.Steps.Find(urlKey);
        if (earlier is not null && operation.Checksum is { } wanted && earlier.Explanation.GetValueOrDefault(Body) == wanted)
        {
            // The Dockerfile says which bytes they are, and they are here: there is nothing to ask.
            return Known(operation, earlier);
        }

        await using var draft = store.Snapshots.Begin(null);
        Download download;
        await using (var file = new FileStream(Path.Combine(draft.UpperDir, operation.FileName), FileMode.CreateNew, FileAccess.ReadWrite))
        {
            download = await new Downloader(client, options, time)
                .FetchAsync(operation.Url, authorization, file, ValidatorsOf(earlier), progress, cancellationToken);
            if (download.Body is not null)
            {
                await VerifyAsync(operation, download.Body.Value, file, cancellationToken);
            }
        }

        if (download.Body is not { } body)
        {
            return await KnownAsync(operation, earlier!, cancellationToken);
        }

        var key = KeyOf(operation.FileName, body, download.LastModified);
        var snapshot = Find(key) ?? Commit(draft, operation.FileName, key, download.LastModified);
        Remember(urlKey, operation.Url, snapshot, body, download);
        return new FetchedSource(key, snapshot, download.LastModified);
    }

    public void Dispose() => client.Dispose();

    private static Digest KeyOf(string fileName, Digest body, DateTimeOffset? modified) =>
        Digest.OfText(string.Create(CultureInfo.InvariantCulture, $"builder.http.v1\n{fileName}\n{body}\n{modified?.ToUnixTimeSeconds()}"));

    private async Task<FetchedSource> KnownAsync(HttpOperation operation, StepRecord earlier, CancellationToken cancellationToken)
    {
        var known = Known(operation, earlier);
        if (operation.Checksum is not null)
        {
            await using var file = File.OpenRead(Path.Combine(known.Snapshot.Path, operation.FileName));
            await VerifyAsync(operation, Digest.Parse(earlier.Explanation[Body]), file, cancellationToken);
        }

        return known;
    }

    private FetchedSource Known(HttpOperation operation, StepRecord record)
    {
        DateTimeOffset? modified = DateTimeOffset.TryParse(record.Explanation.GetValueOrDefault(LastModified), CultureInfo.InvariantCulture, out var date) ? date : null;
        return new FetchedSource(
            KeyOf(operation.FileName, Digest.Parse(record.Explanation[Body]), modified), store.Snapshots.Get(record.SnapshotId), modified);
    }

    private static Validators ValidatorsOf(StepRecord? record) => record is null
        ? Validators.None
        : new Validators(record.Explanation.GetValueOrDefault(ETag), record.Explanation.GetValueOrDefault(LastModified));

    private Snapshot? Find(Digest key) => store.Steps.Find(key) is { } record ? store.Snapshots.Find(record.SnapshotId) : null;

    private Snapshot Commit(SnapshotDraft draft, string fileName, Digest key, DateTimeOffset? modified)
    {
        const uint OwnersOnly = 0x180;
        var seconds = new FileTime(modified?.ToUnixTimeSeconds() ?? 0);
        using (var folder = DirectoryHandle.Open(draft.UpperDir))
        {
            var name = Encoding.UTF8.GetBytes(fileName);
            folder.SetMode(name, OwnersOnly);
            folder.SetTimes(name, seconds);
            folder.SetTimes(DirectoryHandle.Self, seconds);
        }

        var snapshot = draft.Commit(time.GetUtcNow());
        store.Steps.Set(key, new StepRecord { SnapshotId = snapshot.Id, Created = snapshot.Created!.Value });
        return snapshot;
    }

    private void Remember(Digest urlKey, string url, Snapshot snapshot, Digest body, Download download)
    {
        var marks = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["kind"] = "http",
            ["url"] = WebAddress.Shown(url),
            [Body] = body.ToString(),
        };
        if (download.Validators.ETag is { } tag)
        {
            marks[ETag] = tag;
        }

        if (download.Validators.LastModified is { } date)
        {
            marks[LastModified] = date;
        }

        store.Steps.Set(urlKey, new StepRecord { SnapshotId = snapshot.Id, Created = time.GetUtcNow(), Explanation = marks });
    }

    private static async Task VerifyAsync(HttpOperation operation, Digest body, FileStream file, CancellationToken cancellationToken)
    {
        if (operation.Checksum is not { } wanted)
        {
            return;
        }

        file.Position = 0;
        var algorithm = wanted.Split(':')[0];
        var found = algorithm switch
        {
            "sha384" => "sha384:" + Convert.ToHexStringLower(await SHA384.HashDataAsync(file, cancellationToken)),
            "sha512" => "sha512:" + Convert.ToHexStringLower(await SHA512.HashDataAsync(file, cancellationToken)),
            _ => body.ToString(),
        };
        if (found != wanted)
        {
            throw new BuilderException(
                SourceErrors.DigestMismatch,
                $"digest mismatch {found}: {WebAddress.Shown(operation.Url)} should have {wanted}",
                "the file has changed, or is not the one that is meant; nothing of it was used");
        }
    }
}
