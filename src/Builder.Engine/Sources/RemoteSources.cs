using System.Collections.Concurrent;
using Builder.Engine.Sources.Git;
using Builder.Engine.Sources.Http;
using Builder.Graph.Operations;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Sources;

/// <summary>
/// Everything that one build gets from URLs and repositories. Each is asked once: what it meant when it was first asked is
/// what it means for the whole build.
/// </summary>
internal sealed class RemoteSources(BuilderStore store, SourceOptions options, TimeProvider time) : IDisposable
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
            HttpOperation url => http.FetchAsync(url, progress, cancellationToken),
            GitOperation repository => FetchRepositoryAsync(repository, cancellationToken),
            _ => throw new ArgumentException($"{key.Kind} is no remote source", nameof(operation)),
        })).Value;

    public void Dispose() => http.Dispose();

    private async Task<FetchedSource> FetchRepositoryAsync(GitOperation operation, CancellationToken cancellationToken) =>
        await git.FetchAsync(operation, await CommitOfAsync(operation, cancellationToken), cancellationToken);

    private Task<GitCommit> CommitOfAsync(GitOperation operation, CancellationToken cancellationToken) =>
        commits.GetOrAdd(operation, key => new Lazy<Task<GitCommit>>(() => git.ResolveAsync(key, cancellationToken))).Value;
}
