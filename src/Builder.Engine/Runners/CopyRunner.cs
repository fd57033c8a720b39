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
            return DigestOf(vertex, operation, input, tree, cancellationToken);
        }

        var notes = new ContentNotes();
        var key = guard.Watch(vertex, input, () => DigestOf(vertex, operation, input, tree, cancellationToken, notes));
        times.Note(vertex, input, notes);
        files.Note(key, notes.Marks);
        return key;
    }

    /// <summary>Sources are digested one after the other, so that the one begun last is the one that is missing.</summary>
    private static Digest DigestOf(
        Vertex vertex, CopyOperation operation, int input, SourceTree tree, CancellationToken cancellationToken, ContentNotes? notes = null)
    {
        var last = 0;
        var sources = operation.Sources.Index().Where(source => source.Item.Input == input).Select(source =>
        {
            last = source.Index;
            return source.Item;
        });
        try
        {
            return ContentDigester.Of(tree, sources, operation.Parents, operation.Excludes, cancellationToken, notes);
        }
        catch (BuilderException e) when (e.Code == EngineErrors.SourceNotFound)
        {
            throw AtSource(e, vertex, last);
        }
    }

    /// <summary>The error with the place of the word that a source was written as.</summary>
    private static BuilderException AtSource(BuilderException missing, Vertex vertex, int source) =>
        source < vertex.OperandSpans.Count ? missing.At(vertex.OperandSpans[source]) : missing;

    public async Task<StepResult> CopyAsync(Vertex vertex, CopyOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        await using var draft = store.Snapshots.Begin(inputs[0]!.Snapshot);
        using (var root = draft.Mount())
        {
            var copier = new TreeCopier(root, RulesOf(vertex, operation, AccountFiles.Reader(root)), cancellationToken);
            CopyAll(vertex, operation, inputs, copier, () => true, cancellationToken);
        }

        return Commit(draft, times.Of(vertex, inputs));
    }

    /// <summary>Gives everything that a step copies to a copier, and proves at the end that the contexts are still what the step's key says.</summary>
    /// <param name="finish">Reads what is still to be read of the contexts.</param>
    public T CopyAll<T>(Vertex vertex, CopyOperation operation, IReadOnlyList<StepResult?> inputs, ICopier copier, Func<T> finish, CancellationToken cancellationToken)
    {
        var trees = new SourceTree?[vertex.Inputs.Count];
        try
        {
            var destination = GuestPath.FromText(operation.Destination);
            foreach (var (index, source) in operation.Sources.Index())
            {
                var tree = trees[source.Input] ??= OpenSource(vertex, source.Input, inputs[source.Input]);
                try
                {
                    CopySource(tree, source, copier, operation, destination);
                }
                catch (BuilderException e) when (e.Code == EngineErrors.SourceNotFound)
                {
                    throw AtSource(e, vertex, index);
                }
            }

            foreach (var file in operation.Files)
            {
                copier.Write(file.Name, Encoding.UTF8.GetBytes(file.Content), destination, operation.DestinationIsDirectory);
            }

            copier.Complete();
            var result = finish();
            foreach (var input in Enumerable.Range(1, vertex.Inputs.Count - 1).Where(input => vertex.Inputs[input].Operation is ContextOperation))
            {
                guard.Verify(vertex, input, trees[input]!, () => DigestOf(vertex, operation, input, trees[input]!, cancellationToken), cancellationToken);
            }

            return result;
        }
        finally
        {
            foreach (var tree in trees)
            {
                tree?.Dispose();
            }
        }
    }

    /// <param name="accounts">Reads the files of the destination that say who is who.</param>
    public CopyRules RulesOf(Vertex vertex, CopyOperation operation, Func<string, byte[]?> accounts) => new(
        operation.Chown is null ? null : ResolveOwner(vertex, operation.Chown, accounts),
        operation.Chmod is null ? null : ModeChange.Parse(operation.Chmod),
        TimeOf(operation.SourceDateEpoch));

    public static CopyRules RulesOf(MakeDirectoryOperation operation, Func<string, byte[]?> accounts)
    {
        var user = UserLookup.Resolve(operation.User, accounts);
        return new CopyRules((user.Uid, user.Gid), null, TimeOf(operation.SourceDateEpoch));
    }

    /// <summary>The time of what no source stands for. Never the clock's: the same step must come to the same layer.</summary>
    private static FileTime TimeOf(DateTimeOffset? sourceDateEpoch) => new(sourceDateEpoch?.ToUnixTimeSeconds() ?? 0);

    public async Task<StepResult> MakeDirectoryAsync(Vertex vertex, MakeDirectoryOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        await using var draft = store.Snapshots.Begin(inputs[0]!.Snapshot);
        using (var view = draft.Mount())
        {
            var copier = new TreeCopier(view, RulesOf(operation, AccountFiles.Reader(view)), cancellationToken);
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
            using (var tree = new SourceTree(store.Snapshots.OpenView(input!.Snapshot), null, ownedByRoot: false))
            {
                var copier = new TreeCopier(upper, new CopyRules(null, null, TimeOf(null)), cancellationToken);
                copier.Copy(tree, SourceSelector.Select(tree, "/", isPattern: false)[0], [], isDirectory: true, []);
                copier.Complete();
            }

            result = Commit(draft, times.Of(vertex, inputs));
        }

        return result;
    }

    private static void CopySource(SourceTree tree, CopySource source, ICopier copier, CopyOperation operation, byte[] destination)
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
                copier.Extract(tree, selected, destination);
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
    private (uint, uint) ResolveOwner(Vertex vertex, string chown, Func<string, byte[]?> accounts)
    {
        var owner = OwnerSpec.Parse(chown);
        if (owner is { Uid: { } uid, Gid: { } gid })
        {
            return (uid, gid);
        }

        try
        {
            var user = UserLookup.Resolve(UserTextOf(owner), accounts);
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
