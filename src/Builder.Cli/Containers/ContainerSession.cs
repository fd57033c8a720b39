using Builder.Diagnostics;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Cli.Containers;

/// <summary>
/// A verb that works on containers. An ordinary user's containers live in the user namespace of their supervisors, which is where
/// somebody who wants to signal or to enter them has to be: this program is started again in there. Without any that run, in a
/// namespace of its own.
/// </summary>
internal static class ContainerSession
{
    /// <param name="names">The containers of the command line; what runs of them decides where the verb runs.</param>
    public static Task<int> RunAsync(IReadOnlyList<string> names, Func<Session, CancellationToken, Task<int>> verb) =>
        UserNamespaceEntry.IsNeeded ? Session.GuardAsync(_ => Task.FromResult(Reenter(names))) : Session.RunAsync(verb);

    /// <summary>The process in whose namespaces a container's other processes have to be made; null for this process's own.</summary>
    public static ProcessHandle? HostOf(StoredContainer container) =>
        UserNamespaceEntry.IsNeeded && container.IsRunning ? ProcessHandle.Find(container.State.SupervisorId, container.State.SupervisorStarted) : null;

    private static int Reenter(IReadOnlyList<string> names)
    {
        var store = BuilderStore.Open(StoreSettings.Options);
        NamespaceMembers? members = null;
        ProcessHandle? host;
        try
        {
            members = store.IsReadOnly ? null : store.Containers.MeetOthers();
            host = FindHost(store, names) ?? members?.Find();
        }
        finally
        {
            store.Dispose();
        }

        // Whoever comes next finds this one, wherever it is on its way by then.
        using (host)
        using (members)
        {
            void Enter(int processId)
            {
                members?.Add(processId);
                members?.Dispose();
            }

            return host is null ? UserNamespaceEntry.Reexec(Enter) : SelfExecution.RunInPlace(new SelfStart { Host = host }, Enter);
        }
    }

    private static ProcessHandle? FindHost(BuilderStore store, IReadOnlyList<string> names) =>
        names.Select(name => Find(store, name)).OfType<StoredContainer>().Concat(store.Containers.List()).Select(HostOf).FirstOrDefault(host => host is not null);

    /// <summary>What cannot be found is said by the verb itself.</summary>
    private static StoredContainer? Find(BuilderStore store, string name)
    {
        try
        {
            return store.Containers.Find(name);
        }
        catch (BuilderException)
        {
            return null;
        }
    }
}
