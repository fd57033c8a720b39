using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Locking;
using Builder.Engine.Sources.Git;
using Builder.Engine.Sources.Http;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Sources;

/// <summary>
/// Everything that one build gets from URLs and repositories. Each is asked once: what it meant when it was first asked is
/// what it means for the whole build.
/// </summary>
/// <param name="locked">What the lock file says of sources; null when it is not looked at.</param>
internal sealed class RemoteSources(BuilderStore store, SourceOptions options, TimeProvider time, LockFile? locked = null) : IDisposable
{
    private readonly HttpSources http = new(store, options, time);
    private readonly GitSources git = new(store, options, time);
    private readonly ConcurrentDictionary<Operation, Lazy<Task<FetchedSource>>> fetched = new();
    private readonly ConcurrentDictionary<GitOperation, Lazy<Task<GitCommit>>> commits = new();

    /// <summary>What a source is known by: of a repository without fetching it, of a URL by its bytes.</summary>
    public async Task<Digest> KeyOfAsync(Operation operation, CancellationToken cancellationToken) => operation is GitOperation repository
        ? (await CommitOfAsync(repository, cancellationToken)).Key
        : (await FetchAsync(operation, (_, _) => { }, cancellationToken)).Key;

    /// <param name="progress">Told how much of a download there is, by whoever asks first.</param>
    public Task<FetchedSource> FetchAsync(Operation operation, Action<long, long?> progress, CancellationToken cancellationToken) =>
        fetched.GetOrAdd(operation, key => new Lazy<Task<FetchedSource>>(() => key switch
        {
            HttpOperation url => FetchLockedAsync(url, progress, cancellationToken),
            GitOperation repository => FetchRepositoryAsync(repository, cancellationToken),
            _ => throw new ArgumentException($"{key.Kind} is no remote source", nameof(operation)),
        })).Value;

    /// <summary>The digest of a download's bytes.</summary>
    public async Task<Digest> BodyOfAsync(HttpOperation url, CancellationToken cancellationToken) =>
        BodyOf(url, await FetchAsync(url, (_, _) => { }, cancellationToken));

    /// <summary>The commit that a repository's reference means.</summary>
    public async Task<string> CommitIdOfAsync(GitOperation repository, CancellationToken cancellationToken) =>
        (await CommitOfAsync(repository, cancellationToken)).Reference.Commit;

    public void Dispose() => http.Dispose();

    private async Task<FetchedSource> FetchLockedAsync(HttpOperation url, Action<long, long?> progress, CancellationToken cancellationToken)
    {
        var wanted = locked is null ? null : LockFile.Require(locked.Urls, LockFile.KeyOf(url));
        var fetched = await http.FetchAsync(url, progress, cancellationToken);
        return wanted is null || BodyOf(url, fetched).ToString() == wanted ? fetched : throw new BuilderException(
            EngineErrors.LockDrift, $"{LockFile.KeyOf(url)} is locked to {wanted}, and is {BodyOf(url, fetched)} now", "'builder lock verify' tells all that has changed, 'builder lock update' takes it as it is now");
    }

    /// <summary>A branch is where it was when it was locked.</summary>
    private GitOperation Locked(GitOperation repository) =>
        locked is null ? repository : repository with { Reference = LockFile.Require(locked.Git, LockFile.KeyOf(repository)) };

    private static Digest BodyOf(HttpOperation url, FetchedSource fetched)
    {
        using var folder = DirectoryHandle.Open(fetched.Snapshot.Path);
        using var file = new FileStream(folder.OpenFile(Encoding.UTF8.GetBytes(url.FileName)), FileAccess.Read);
        return Digest.FromHash(SHA256.HashData(file));
    }

    private async Task<FetchedSource> FetchRepositoryAsync(GitOperation operation, CancellationToken cancellationToken) =>
        await git.FetchAsync(operation, await CommitOfAsync(operation, cancellationToken), cancellationToken);

    private Task<GitCommit> CommitOfAsync(GitOperation operation, CancellationToken cancellationToken) =>
        commits.GetOrAdd(operation, key => new Lazy<Task<GitCommit>>(() => git.ResolveAsync(Locked(key), cancellationToken))).Value;
}
