using Builder.Linux.Files;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>
/// A container's files from outside: of one that runs, its own root with all that is mounted there; of another, its tree, which
/// nobody can run meanwhile. Every path is resolved inside it by the kernel, whatever the container does to its names.
/// </summary>
public sealed class ContainerTree : IDisposable
{
    private readonly ContainerHold? hold;

    private ContainerTree(RootDirectory root, ContainerHold? hold) => (Root, this.hold) = (root, hold);

    public RootDirectory Root { get; }

    public static async Task<ContainerTree> OpenAsync(BuilderStore store, StoredContainer container, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(container);
        if (container.IsRunning)
        {
            using var first = ContainerControl.FirstProcessOf(container);
            return new ContainerTree(OpenRunning(container, first.Id), null);
        }

        var hold = await new ContainerControl(store, time).HoldAsync(container, cancellationToken);
        try
        {
            return new ContainerTree(store.Containers.OpenTree(hold), hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>
    /// As the container's first process sees it. An OCI runtime's process sees the machine, and the container's files where they are
    /// mounted for the runtime, without the container's other mounts.
    /// </summary>
    internal static RootDirectory OpenRunning(StoredContainer container, int firstProcess) =>
        RootDirectory.Open($"/proc/{firstProcess}/root{(container.State.Runtime is null ? "" : container.UpperDir)}");

    /// <summary>The files without what is mounted, to be read only; the container may run meanwhile.</summary>
    public static RootDirectory OpenView(BuilderStore store, StoredContainer container)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(container);
        return container.Record.IsWhole
            ? RootDirectory.Open(container.UpperDir)
            : OverlayMount.OpenView([container.UpperDir, .. store.Containers.LowerDirs(container)], store.Snapshots.UserXattrs);
    }

    public void Dispose()
    {
        Root.Dispose();
        hold?.Dispose();
    }
}
