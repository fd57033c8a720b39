using System.Runtime.InteropServices;
using Builder.Cli.Displays;
using Builder.Cli.Registries;
using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Deferring;
using Builder.Linux.Isolation;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Cli;

/// <summary>One run of a verb: the store, the registry client, the end that a signal brings, the exit code of an error.</summary>
internal sealed class Session : IDisposable
{
    private readonly Lazy<RegistryClient> registry = new(() => new RegistryClient(RegistryFlags.OfMachine(RegistryFlags.Show)));
    private readonly DateTimeOffset started = TimeProvider.System.GetUtcNow();

    private Session(BuilderStore store) => Store = store;

    public BuilderStore Store { get; }

    /// <summary>A container in the foreground gets the signals of this process, and ends as it likes.</summary>
    public static bool PassesSignalsOn { get; set; }

    /// <summary>A client that knows what the machine's configuration says.</summary>
    public RegistryClient Registry => registry.Value;

    /// <summary>Runs a verb that reads and writes the store as its owner.</summary>
    public static Task<int> RunAsync(Func<Session, CancellationToken, Task<int>> verb) => GuardAsync(async token =>
    {
        using var session = new Session(BuilderStore.Open(StoreSettings.Options));
        return await verb(session, token);
    });

    /// <summary>
    /// Runs a verb that makes containers or touches files of other owners: an ordinary user becomes root of a user namespace
    /// first, by starting this program once more inside it.
    /// </summary>
    public static Task<int> RunAsRootAsync(Func<Session, CancellationToken, Task<int>> verb) =>
        UserNamespaceEntry.IsNeeded ? GuardAsync(_ => Task.FromResult(UserNamespaceEntry.Reexec())) : RunAsync(verb);

    /// <summary>
    /// Runs a verb that may get by without being root. When it turns out that it cannot, an ordinary user's is begun again inside a
    /// user namespace.
    /// </summary>
    public static Task<int> RunAsUserAsync(Func<Session, CancellationToken, Task<int>> verb) => GuardAsync(async token =>
    {
        try
        {
            using var session = new Session(BuilderStore.Open(StoreSettings.Options));
            return await verb(session, token);
        }
        catch (RootNeededException)
        {
            // The store has been closed: the process inside opens it anew.
        }

        return UserNamespaceEntry.Reexec();
    });

    /// <summary>After a build: removes what has not been used for longest, if the user has set a budget and the store exceeds it.</summary>
    public void KeepWithinBudget(CancellationToken cancellationToken)
    {
        if (StoreSettings.Budget is { } budget)
        {
            // What this build has made or used is not what it came to make room for.
            try
            {
                Store.CollectGarbage(budget with { Before = started }, cancellationToken);
            }
            catch (BuilderException e) when (e.Code == StorageErrors.Corrupt)
            {
                // Some other image is damaged, and nobody knows what it needs: that does not undo the build that has just ended.
                Store.Warn($"nothing was removed to keep the store within its budget: {e.Message}");
            }
        }
    }

    public void Dispose()
    {
        if (registry.IsValueCreated)
        {
            registry.Value.Dispose();
        }

        Store.Dispose();
    }

    /// <summary>Runs a verb that needs no store, with the same care for signals and errors.</summary>
    public static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> verb)
    {
        using var interruption = new CancellationTokenSource();
        var signal = 0;
        void Interrupt(PosixSignalContext context, int number)
        {
            context.Cancel = true;
            if (PassesSignalsOn)
            {
                return;
            }

            if (signal != 0)
            {
                // Asked a second time: the kernel ends the steps with this process, and the next run sweeps what it leaves.
                Terminal.ShowCursor();
                Environment.Exit(128 + number);
            }

            signal = number;
            interruption.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, 2));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, 15));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Interrupt(context, 1));
        try
        {
            return await verb(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.IsCancellationRequested)
        {
            ErrorDisplay.WriteInterrupted();
            return 128 + signal;
        }
        catch (BuilderException e)
        {
            ErrorDisplay.Write(e);
            return e.Code.ExitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var error = FileFailures.Explain(e);
            ErrorDisplay.Write(error);
            return error.Code.ExitCode;
        }
#pragma warning disable CA1031 // The last line of defence: whatever it is, a user gets a message and not a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            ErrorDisplay.WriteBug(e);
            return 1;
        }
    }
}
