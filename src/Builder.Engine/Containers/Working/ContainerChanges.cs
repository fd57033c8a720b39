using Builder.Archives;
using Builder.Archives.Tar;
using Builder.Engine.Copying;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>One path that differs from the container's image.</summary>
/// <param name="Kind">A for added, C for changed, D for deleted, as Docker has them.</param>
/// <param name="Path">Absolute.</param>
public sealed record ContainerChange(char Kind, string Path);

/// <summary>What a container has changed.</summary>
public sealed class ContainerChanges(BuilderStore store)
{
    private const string Whiteout = ".wh.";

    /// <summary>Every change, sorted by path; a folder in which something changed is changed itself.</summary>
    public IReadOnlyList<ContainerChange> List(StoredContainer container, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        var below = store.Containers.TreeOf(container);
        using var view = store.Snapshots.OpenView(below);
        using var pipe = new StreamPipe();
        var writing = pipe.FillAsync(stream => store.Layers.WriteChanges(container, below, stream, cancellationToken), cancellationToken);
        var changes = new List<ContainerChange>();
        using (var reader = new TarReader(pipe.Reader))
        {
            while (reader.Next() is { } entry)
            {
                var path = entry.Name.Span.TrimEnd((byte)'/').ToArray();
                var name = GuestPath.ToText(GuestPath.Name(path));
                changes.Add(name.StartsWith(Whiteout, StringComparison.Ordinal)
                    ? new ContainerChange('D', "/" + GuestPath.ToText(GuestPath.Join(GuestPath.Parent(path), GuestPath.FromText(name[Whiteout.Length..]))))
                    : new ContainerChange(view.TryLstat(path) is null ? 'A' : 'C', "/" + GuestPath.ToText(path)));
            }
        }

        writing.GetAwaiter().GetResult();
        return [.. changes.OrderBy(change => change.Path, StringComparer.Ordinal)];
    }
}
