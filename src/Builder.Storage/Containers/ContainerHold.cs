using Builder.Linux.Files;

namespace Builder.Storage.Containers;

/// <summary>
/// A container that this process has alone: to run it, to change it, or to remove it. The kernel ends the hold with the
/// process, so nobody has to believe in a supervisor that is gone.
/// </summary>
public sealed class ContainerHold : IDisposable
{
    private readonly ContainerStore store;
    private readonly FileLock alive;

    internal ContainerHold(ContainerStore store, StoredContainer container, FileLock alive)
    {
        this.store = store;
        this.alive = alive;
        Container = container;
    }

    public StoredContainer Container { get; private set; }

    /// <summary>Says what has become of the container.</summary>
    public void Write(ContainerState state)
    {
        store.WriteState(Container, state);
        Container = new StoredContainer(Container.Folder, Container.Record, state);
    }

    /// <summary>Removes the container and all that is its own.</summary>
    public void Remove() => store.Remove(Container);

    public void Dispose() => alive.Dispose();
}
