using System.Text;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Contexts;
using Builder.Engine.Copying;
using Builder.Engine.Explaining;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Runners;

/// <summary>COPY, ADD and WORKDIR: files written from outside through the step's overlay, in which nothing runs.</summary>
internal sealed class CopyRunner(BuilderStore store, ContextFolders contexts, IBuildEvents events, TimeProvider time, InputTimes times, KnownFiles files)
{
    private readonly ContextGuard guard = new(time);

    /// <summary>The digest of what the vertex copies out of one of its inputs.</summary>
    public Digest ContentKey(Vertex vertex, CopyOperation operation, int input, StepResult? result, CancellationToken cancellationToken)
    {
        using var tree = OpenSource(vertex, input, result);
        if (vertex.Inputs[input].Operation is not ContextOperation)
        {
            return DigestOf(operation, input, tree, cancellationToken);
        }

        var notes = new ContentNotes();
        var key = guard.Watch(vertex, input, () => DigestOf(operation, input, tree, cancellationToken, notes));
        times.Note(vertex, input, notes);
        files.Note(key, notes.Marks);
        return key;
    }

    private static Digest DigestOf(CopyOperation operation, int input, SourceTree tree, CancellationToken cancellationToken, ContentNotes? notes = null) =>
        ContentDigester.Of(tree, operation.Sources.Where(source => source.Input == input), operation.Parents, operation.Excludes, cancellationToken, notes);

    public async Task<StepResult> CopyAsync(Vertex vertex, CopyOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        await using var draft = store.Snapshots.Begin(inputs[0]!.Snapshot);
        var trees = new SourceTree?[vertex.Inputs.Count];
        try
        {
            using var root = draft.Mount();
            var copier = new TreeCopier(root, RulesOf(vertex, operation, root), cancellationToken);
            var destination = GuestPath.FromText(operation.Destination);
            foreach (var source in operation.Sources)
            {
                var tree = trees[source.Input] ??= OpenSource(vertex, source.Input, inputs[source.Input]);
                CopySource(tree, source, copier, root, operation, destination, cancellationToken);
            }

            foreach (var file in operation.Files)
            {
                copier.Write(file.Name, Encoding.UTF8.GetBytes(file.Content), destination, operation.DestinationIsDirectory);
            }

            copier.Complete();
            foreach (var input in Enumerable.Range(1, vertex.Inputs.Count - 1).Where(input => vertex.Inputs[input].Operation is ContextOperation))
            {
                guard.Verify(vertex, input, trees[input]!, () => DigestOf(operation, input, trees[input]!, cancellationToken), cancellationToken);
            }
        }
        finally
        {
            foreach (var tree in trees)
            {
                tree?.Dispose();
            }
        }

        return Commit(draft, times.Of(vertex, inputs));
    }

    private CopyRules RulesOf(Vertex vertex, CopyOperation operation, RootDirectory root) => new(
        operation.Chown is null ? null : ResolveOwner(vertex, operation.Chown, root),
        operation.Chmod is null ? null : ModeChange.Parse(operation.Chmod),
        TimeOf(operation.SourceDateEpoch));

    /// <summary>The time of what no source stands for. Never the clock's: the same step must come to the same layer.</summary>
    private static FileTime TimeOf(DateTimeOffset? sourceDateEpoch) => new(sourceDateEpoch?.ToUnixTimeSeconds() ?? 0);

    public async Task<StepResult> MakeDirectoryAsync(Vertex vertex, MakeDirectoryOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        await using var draft = store.Snapshots.Begin(inputs[0]!.Snapshot);
        using (var view = draft.Mount())
        {
            var user = UserLookup.Resolve(operation.User, AccountFiles.Reader(view));
            var copier = new TreeCopier(view, new CopyRules((user.Uid, user.Gid), null, TimeOf(operation.SourceDateEpoch)), cancellationToken);
            copier.MakeDirectory(GuestPath.FromText(operation.Path));
            copier.Complete();
        }

        return Commit(draft, times.Of(vertex, inputs));
    }

    private static StepResult Commit(SnapshotDraft draft, DateTimeOffset time) => new(draft.Commit(time), time);

    /// <summary>
    /// Stacks independent layers: each further input becomes one layer, its own files as they are, whatever lies below.
    /// </summary>
    public async Task<StepResult> MergeAsync(Vertex vertex, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        var result = inputs[0]!;
        foreach (var input in inputs.Skip(1))
        {
            await using var draft = store.Snapshots.Begin(result.Snapshot);
            using (var upper = RootDirectory.Open(draft.UpperDir))
            using (var tree = TreeOf(input!))
            {
                var copier = new TreeCopier(upper, new CopyRules(null, null, TimeOf(null)), cancellationToken);
                copier.Copy(tree, SourceSelector.Select(tree, "/", isPattern: false)[0], [], isDirectory: true, []);
                copier.Complete();
            }

            result = Commit(draft, times.Of(vertex, inputs));
        }

        return result;
    }

    private static void CopySource(
        SourceTree tree, CopySource source, TreeCopier copier, RootDirectory root, CopyOperation operation, byte[] destination, CancellationToken cancellationToken)
    {
        if (operation.Parents)
        {
            copier.MakeDirectory(destination);
            foreach (var kept in ParentsSelector.Select(tree, source.Path, operation.Excludes))
            {
                copier.CopyWithParents(tree, kept, destination, operation.Excludes);
            }

            return;
        }

        foreach (var selected in SourceSelector.Select(tree, source.Path, source.IsPattern))
        {
            if (source.Unpack && selected.Status.Type == FileType.Regular && ArchiveExtractor.IsArchive(tree.Root.OpenFile(selected.Path)))
            {
                copier.MakeDirectory(destination);
                copier.Complete();
                using var target = root.OpenRoot(destination);
                new ArchiveExtractor(target, copier.Owner, cancellationToken).Extract(tree.Root.OpenFile(selected.Path));
            }
            else
            {
                copier.Copy(tree, selected, destination, operation.DestinationIsDirectory, operation.Excludes);
            }
        }
    }

    private SourceTree OpenSource(Vertex vertex, int input, StepResult? result) =>
        vertex.Inputs[input].Operation is ContextOperation context
            ? contexts.Open(context.Name)
            : TreeOf(result!);

    private SourceTree TreeOf(StepResult result) =>
        new(store.Snapshots.OpenView(result.Snapshot), null, ownedByRoot: false) { Times = LayerTimes.Of(store, result.Snapshot) };

    /// <summary>Names are looked up in the root that is copied to; one that is not there means root, as BuildKit has it, and a warning.</summary>
    private (uint, uint) ResolveOwner(Vertex vertex, string chown, RootDirectory root)
    {
        var owner = OwnerSpec.Parse(chown);
        if (owner is { Uid: { } uid, Gid: { } gid })
        {
            return (uid, gid);
        }

        try
        {
            var user = UserLookup.Resolve(UserTextOf(owner), AccountFiles.Reader(root));
            return (user.Uid, user.Gid);
        }
        catch (BuilderException e) when (e.Code == ContainersErrors.UnknownUser)
        {
            events.Publish(new VertexWarning(vertex, time.GetUtcNow(), new Diagnostic(
                "UnknownOwner", Severity.Warning, $"--chown={chown}: {e.Message}; the files are root's", vertex.SourceSpan, "give the number, or make the user in an earlier step")));
            return (owner.Uid ?? 0, owner.Gid ?? 0);
        }
    }

    private static string UserTextOf(OwnerSpec owner)
    {
        var user = owner.UserName ?? owner.Uid?.ToString() ?? "0";
        var group = owner.GroupName ?? owner.Gid?.ToString();
        return group is null ? user : $"{user}:{group}";
    }
}
