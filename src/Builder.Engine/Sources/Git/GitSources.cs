using System.Globalization;
using System.Text;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Graph.Operations;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Sources.Git;

/// <summary>A repository at one commit: known without its files.</summary>
internal sealed record GitCommit(GitReference Reference, Digest Key);

/// <summary>
/// Repositories at a commit, kept in the store as snapshots (dockerfile-language.md G5 to G8). They are known by the commit
/// and what is taken of it, never by the branch or the URL; every file has the commit's time.
/// </summary>
internal sealed class GitSources(BuilderStore store, SourceOptions options, TimeProvider time)
{
    private const string GitFolder = ".git";

    /// <summary>Finds out which commit is meant; asks the remote unless the commit itself was given.</summary>
    /// <exception cref="BuilderException">See <see cref="SourceErrors"/>.</exception>
    public async Task<GitCommit> ResolveAsync(GitOperation operation, CancellationToken cancellationToken)
    {
        using var work = new WorkFolder(store.NewTemporaryPath());
        var remote = GitRemote.Parse(operation.Remote);
        var git = new GitProgram(work.Path, options, remote);
        var reference = await GitReference.FindAsync(git, remote, operation.Reference ?? CommitOf(operation.Checksum), cancellationToken);
        if (operation.Checksum is { } wanted && !reference.Commit.StartsWith(wanted, StringComparison.Ordinal))
        {
            throw new BuilderException(
                SourceErrors.CommitMismatch,
                $"expected checksum to match {wanted}, got {reference.Commit} for {reference.Name ?? operation.Reference} of {remote.Shown}",
                "the branch or tag has moved; nothing of it was used");
        }

        var key = Digest.OfText(string.Create(
            CultureInfo.InvariantCulture,
            $"builder.git.v1\n{reference.Commit}\n{operation.Subdirectory}\n{operation.Submodules}\n{(KeepsGit(operation) ? remote.Url + "\n" + reference.Name : null)}"));
        return new GitCommit(reference, key);
    }

    /// <summary>The commit's files; from the store when an earlier build fetched them.</summary>
    public async Task<FetchedSource> FetchAsync(GitOperation operation, GitCommit commit, CancellationToken cancellationToken)
    {
        if (store.Steps.Find(commit.Key) is { } record && store.Snapshots.Find(record.SnapshotId) is { } known)
        {
            return new FetchedSource(commit.Key, known, TimeOf(known.Path));
        }

        using var work = new WorkFolder(store.NewTemporaryPath());
        var folders = 0;
        string NewFolder() => Path.Combine(work.Path, "repository" + folders++);

        var remote = GitRemote.Parse(operation.Remote);
        var (reference, tree) = (commit.Reference, Path.Combine(work.Path, "tree"));
        Directory.CreateDirectory(tree);
        var git = await GitRepository.CreateAsync(NewFolder(), remote, reference.Commit.Length, options, cancellationToken);
        await GitFetch.FetchAsync(git, remote, reference, cancellationToken);
        var seconds = new FileTime(long.Parse(
            await git.RunAsync(["show", "--no-patch", "--format=%ct", reference.Commit, "--"], cancellationToken), NumberStyles.AllowTrailingWhite | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        await new GitTree(options, NewFolder).WriteAsync(git, remote, reference.Commit, tree, operation.Subdirectory, operation.Submodules, cancellationToken);
        if (KeepsGit(operation))
        {
            await GitRepository.KeepAsync(git, remote, reference, Path.Combine(tree, GitFolder), cancellationToken);
        }

        await using var draft = store.Snapshots.Begin(null);
        Take(tree, operation.Subdirectory, draft.UpperDir, seconds);
        var snapshot = draft.Commit(time.GetUtcNow());
        store.Steps.Set(commit.Key, new Storage.Steps.StepRecord
        {
            SnapshotId = snapshot.Id,
            Created = snapshot.Created!.Value,
            Explanation = new SortedDictionary<string, string> { ["kind"] = "git", ["commit"] = reference.Commit },
        });
        return new FetchedSource(commit.Key, snapshot, TimeOf(snapshot.Path));
    }

    /// <summary>A part of a tree is no work tree: it has no use for the whole's <c>.git</c>.</summary>
    private static bool KeepsGit(GitOperation operation) => operation.KeepGitDirectory && (operation.Subdirectory is null or "/");

    /// <summary>A full commit that must be met needs no name.</summary>
    private static string? CommitOf(string? checksum) => checksum is not null && GitReference.IsCommit(checksum) ? checksum : null;

    private static DateTimeOffset TimeOf(string folder)
    {
        using var opened = DirectoryHandle.Open(folder);
        return DateTimeOffset.FromUnixTimeSeconds(opened.Lstat(DirectoryHandle.Self).Modified.Seconds);
    }

    /// <summary>Moves the wanted part of the tree to its place, where everything gets the commit's time.</summary>
    private static void Take(string tree, string? subdirectory, string place, FileTime seconds)
    {
        using (var root = RootDirectory.Open(tree))
        using (var from = root.OpenDirectory(GuestPath.FromText(subdirectory ?? "")))
        using (var to = DirectoryHandle.Open(place))
        {
            foreach (var item in from.ReadSorted())
            {
                from.Rename(item.Name, to, item.Name);
            }
        }

        using var top = DirectoryHandle.Open(place);
        foreach (var entry in new TreeWalk(null, "", null).Below(top))
        {
            Settle(entry, seconds);
        }

        top.SetTimes(DirectoryHandle.Self, seconds);
    }

    /// <summary>Modes are those of a checkout with a umask of 022, whatever git wrote for itself.</summary>
    private static void Settle(in TreeEntry entry, FileTime seconds)
    {
        if (entry.Status.Type != FileType.SymbolicLink)
        {
            entry.Directory.SetMode(entry.Name, SourceTree.NormalModeOf(entry.Status));
        }

        entry.Directory.SetTimes(entry.Name, seconds);
    }
}
