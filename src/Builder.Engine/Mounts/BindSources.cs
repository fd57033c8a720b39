using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Engine.Explaining;
using Builder.Engine.Runners;
using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;
using Builder.Storage.Steps;

namespace Builder.Engine.Mounts;

/// <summary>
/// What bind mounts show and cache mounts start from: stages and images as they are; of a build context the selected path,
/// copied into a snapshot, so that a step sees what its key says (ignore files applied, everything root's) whatever happens to
/// the folder meanwhile. Equal content is copied once.
/// </summary>
internal sealed class BindSources(BuilderStore store, ContextFolders contexts, InputTimes times, KnownFiles files, TimeProvider time)
{
    /// <summary>Where a context's content lies in its snapshot.</summary>
    private const string Place = "content";

    private readonly ConcurrentDictionary<(Digest Vertex, int Input), Digest> keys = new();

    /// <summary>The digest of what the mounts of a step select from one of its inputs.</summary>
    public Digest ContentKey(Vertex vertex, RunOperation run, int input, StepResult? result, CancellationToken cancellationToken)
    {
        using var tree = OpenTree(vertex, input, result);
        var notes = new ContentNotes();
        Digest key;
        try
        {
            key = ContentDigester.OfPlaces(tree, PathsOf(run, input), cancellationToken, notes);
        }
        catch (BuilderException e) when (e.Code == EngineErrors.SourceNotFound)
        {
            throw AtMount(e, vertex, run, input, tree);
        }

        if (vertex.Inputs[input].Operation is ContextOperation)
        {
            keys[(vertex.Digest, input)] = key;
            times.Note(vertex, input, notes);
            files.Note(key, notes.Marks);
        }

        return key;
    }

    /// <summary>Finds the source of one mount.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.SourceNotFound"/>.</exception>
    public async Task<BindSource> OpenAsync(Vertex vertex, int input, StepResult? result, string path, CancellationToken cancellationToken) =>
        vertex.Inputs[input].Operation is ContextOperation
            ? await OpenCopyAsync(vertex, input, path, cancellationToken)
            : OpenResult(result!, path);

    /// <summary>Keys are made before anything runs: what is mounted later must still be what the key says.</summary>
    private void RequireUnchanged(Vertex vertex, int input, SourceTree tree, CancellationToken cancellationToken)
    {
        if (keys.TryGetValue((vertex.Digest, input), out var known)
            && ContentDigester.OfPlaces(tree, PathsOf((RunOperation)vertex.Operation, input), cancellationToken) != known)
        {
            throw new BuilderException(
                SourceErrors.ContextChanged, "the build context changed while it was read", "build again when nothing writes to it any more; the cache holds nothing of this step");
        }
    }

    private BindSource OpenResult(StepResult result, string path)
    {
        using var view = store.Snapshots.OpenView(result.Snapshot);
        return new BindSource(store.Snapshots.LowerDirs(result.Snapshot), path, StatusOf(view, path));
    }

    private async Task<BindSource> OpenCopyAsync(Vertex vertex, int input, string path, CancellationToken cancellationToken)
    {
        using var tree = OpenTree(vertex, input, null);
        RequireUnchanged(vertex, input, tree, cancellationToken);
        var key = Digest.OfText("copy of a build context\n" + ContentDigester.OfPlaces(tree, [path], cancellationToken));
        var snapshot = store.Steps.Find(key) is { } known ? store.Snapshots.Get(known.SnapshotId) : await CopyAsync(tree, path, key, cancellationToken);
        using var view = RootDirectory.Open(snapshot.Path);
        return new BindSource([snapshot.Path], "/" + Place, StatusOf(view, Place));
    }

    private async Task<Snapshot> CopyAsync(SourceTree tree, string path, Digest key, CancellationToken cancellationToken)
    {
        var selected = SourceSelector.SelectPlace(tree, path);
        var rules = new CopyRules(null, null, default);
        await using var draft = store.Snapshots.Begin(null);
        using (var root = RootDirectory.Open(draft.UpperDir))
        {
            var copier = new TreeCopier(root, rules, cancellationToken);
            copier.Copy(tree, selected, GuestPath.FromText(Place), isDirectory: false, []);
            copier.Complete();
            if (selected.IsDirectory)
            {
                using var parent = root.OpenDirectory([]);
                var (uid, gid) = rules.OwnerOf(tree, selected.Status);
                parent.SetOwner(GuestPath.FromText(Place), uid, gid);
                parent.SetMode(GuestPath.FromText(Place), rules.ModeOf(tree, selected.Status));
                parent.SetTimes(GuestPath.FromText(Place), selected.Status.Modified);
            }
        }

        var snapshot = draft.Commit(time.GetUtcNow());
        store.Steps.Set(key, new StepRecord { SnapshotId = snapshot.Id, Created = time.GetUtcNow() });
        return snapshot;
    }

    private SourceTree OpenTree(Vertex vertex, int input, StepResult? result) =>
        vertex.Inputs[input].Operation is ContextOperation context
            ? contexts.Open(context.Name)
            : new SourceTree(store.Snapshots.OpenView(result!.Snapshot), null, ownedByRoot: false);

    /// <summary>The error with the place of the mount whose source is not there.</summary>
    private static BuilderException AtMount(BuilderException missing, Vertex vertex, RunOperation run, int input, SourceTree tree)
    {
        foreach (var (mount, span) in run.Mounts.Zip(vertex.OperandSpans).Where(mount => mount.First.Input == input))
        {
            try
            {
                SourceSelector.SelectPlace(tree, SourceOf(mount));
            }
            catch (BuilderException e) when (e.Code == EngineErrors.SourceNotFound)
            {
                return e.At(span);
            }
        }

        return missing;
    }

    private static IEnumerable<string> PathsOf(RunOperation run, int input) =>
        run.Mounts.Where(mount => mount.Input == input).Select(SourceOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static string SourceOf(StepMount mount) => mount switch
    {
        StepBindMount bind => bind.Source,
        StepCacheMount cache => cache.Source ?? "/",
        _ => throw new ArgumentException($"a mount of kind {mount.Kind} has no source", nameof(mount)),
    };

    private static FileStatus StatusOf(RootDirectory view, string path)
    {
        try
        {
            return view.TryStat(GuestPath.FromText(path)) ?? throw SourceSelector.NotFound(path, hidden: false);
        }
        catch (LinuxException e) when (e.Errno == Errno.ELOOP)
        {
            throw SourceSelector.NotFound(path, hidden: false);
        }
    }
}
