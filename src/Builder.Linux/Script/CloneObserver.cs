using System.Runtime.ExceptionServices;

namespace Builder.Linux.Script;

/// <summary>
/// Does something with a child while the thread that made it sleeps. A failure is thrown by <see cref="Finish"/>,
/// after the child was killed.
/// </summary>
internal sealed unsafe class CloneObserver
{
    private readonly Thread thread;
    private volatile bool over;
    private ExceptionDispatchInfo? failure;

    public CloneObserver(ScriptChild.Context* context, Action<int> action)
    {
        thread = new Thread(() => Observe(context, action)) { IsBackground = true, Name = "clone observer" };
        thread.Start();
    }

    /// <summary>Called when clone(2) has returned.</summary>
    public void Finish()
    {
        over = true;
        thread.Join();
        failure?.Throw();
    }

    private void Observe(ScriptChild.Context* context, Action<int> action)
    {
        var wait = new SpinWait();
        int id;
        while ((id = Volatile.Read(ref context->ProcessId)) == 0)
        {
            if (over)
            {
                return;
            }

            wait.SpinOnce();
        }

        try
        {
            action(id);
        }
#pragma warning disable CA1031 // Rethrown on the thread that waits for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = ExceptionDispatchInfo.Capture(exception);
            _ = Native.Libc.SendSignal(id, Processes.Signals.Kill);
        }
    }
}
