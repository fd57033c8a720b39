using System.Runtime.InteropServices;
using Builder.Linux.Isolation;
using Builder.Linux.Native;
using Builder.Linux.Processes;

namespace Builder.Linux.Script;

/// <summary>
/// Starts a process that runs a <see cref="SyscallScript"/>. The child borrows our memory and runs on a stack of its
/// own while the calling thread sleeps until it executes a program or ends (CLONE_VM with CLONE_VFORK; never one
/// without the other: without VFORK an out-of-memory kill of the child would take us along, and errno is shared).
/// Other threads and the collector go on meanwhile.
/// </summary>
public static unsafe class ScriptRunner
{
    private const int CloneVm = 0x100;
    private const int CloneVfork = 0x4000;
    private const int CloneParentSetTid = 0x0010_0000;
    private const int SetMask = 2;
    private const int GetDumpable = 3;
    private const int SetDumpable = 4;
    private const nuint StackSize = 64 << 10;

    private static readonly Lock Gate = new();
    private static readonly nint StackTop = PrepareChild();

    /// <summary>
    /// Runs the script in a new process with the given new namespaces. Returns when the process has executed its
    /// program, or has ended because an operation failed. The parent death signal is tied to the calling thread.
    /// </summary>
    /// <param name="whileItWaits">
    /// Called once on another thread with the process's id as soon as there is one: for what only an outsider can do,
    /// such as writing id maps, while the script waits on a pipe. When it throws, the process is killed.
    /// </param>
    /// <param name="cancellationToken">Kills a process that has not got to its program yet.</param>
    /// <exception cref="LinuxException">clone(2) itself failed.</exception>
    public static LaunchResult Launch(SyscallScript script, Namespaces namespaces, Action<int>? whileItWaits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(script);
        var context = script.Seal();
        context->Syscall = CLibrary.Instance.Syscall;
        context->ErrnoLocation = CLibrary.Instance.ErrnoLocation;
        context->ExitNumber = SyscallNumbers.Of(SystemCall.ExitGroup);

        ChildProcess child;
        lock (Gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var observer = whileItWaits is null ? null : new CloneObserver(context, whileItWaits);
            int id;
            using (cancellationToken.UnsafeRegister(_ => KillOnceThere(context), null))
            {
                id = Clone(context, namespaces, out var errno);
                if (id < 0)
                {
                    observer?.Finish();
                    throw new LinuxException("clone", $"with new namespaces {namespaces}", errno);
                }
            }

            child = new ChildProcess(id);
            if (observer is not null)
            {
                Finish(observer, child);
            }
        }

        var failure = script.ReadBack(context);
        GC.KeepAlive(script);
        if (failure is null && !cancellationToken.IsCancellationRequested)
        {
            return new LaunchResult(child, null);
        }

        End(child);
        cancellationToken.ThrowIfCancellationRequested();
        return new LaunchResult(null, failure);
    }

    /// <summary>
    /// Runs a script that joins the namespaces of others and splits in two (<see cref="SyscallScript.Fork"/>): the result is the
    /// new process, which is in all of them, a pid namespace too, and is this process's child.
    /// </summary>
    /// <param name="helper">A process that the script makes in between, and that makes the new one; null for none.</param>
    /// <param name="whileItWaits">As for <see cref="Launch"/>; gets the id of the process that runs the script then.</param>
    public static LaunchResult LaunchForked(SyscallScript script, ScriptVariable forked, ScriptVariable? helper = null, Action<Func<int>>? whileItWaits = null)
    {
        ArgumentNullException.ThrowIfNull(forked);
        var (messenger, failure) = Launch(script, Namespaces.None, whileItWaits is null ? null : id => whileItWaits(() => helper is null ? id : IdIn(helper)));
        if (messenger is not null)
        {
            using (messenger)
            {
                messenger.Wait();
            }
        }

        if (helper is not null && IdIn(helper) is > 0 and var between)
        {
            // It has ended before the messenger, and only waits to be asked how.
            using var ended = new ChildProcess(between);
            ended.Wait();
        }

        var id = IdIn(forked);
        if (failure is null)
        {
            return new LaunchResult(new ChildProcess(id), null);
        }

        if (id > 0)
        {
            End(new ChildProcess(id));
        }

        return new LaunchResult(null, failure);
    }

    private static int IdIn(ScriptVariable variable) => Volatile.Read(ref *(int*)variable.Cell);

    private static void Finish(CloneObserver observer, ChildProcess child)
    {
        try
        {
            observer.Finish();
        }
        catch
        {
            End(child);
            throw;
        }
    }

    private static void End(ChildProcess child)
    {
        using (child)
        {
            child.Signal(Signals.Kill);
            child.Wait();
        }
    }

    private static int Clone(ScriptChild.Context* context, Namespaces namespaces, out Errno errno)
    {
        // A signal handler of the runtime must not run on the child's stack, and a child that sets its user id clears
        // the dumpable flag of the memory it shares with us.
        ulong blocked = ulong.MaxValue, before = 0;
        SetSignalMask(&blocked, &before);
        var dumpable = ProcessControl(GetDumpable, 0);
        var flags = CloneVm | CloneVfork | CloneParentSetTid | (int)namespaces | Signals.Child;
        var id = Libc.Clone((nint)(delegate*<nint, nint>)&ScriptChild.Run, StackTop, flags, (nint)context, &context->ProcessId, 0, null);
        errno = (Errno)Marshal.GetLastPInvokeError();
        if (dumpable == 1)
        {
            ProcessControl(SetDumpable, 1);
        }

        SetSignalMask(&before, null);
        return id;
    }

    /// <summary>Has the child's method compiled, so that nothing is left to do when the child calls it; returns its stack.</summary>
    private static nint PrepareChild()
    {
        var nothingToDo = default(ScriptChild.Context);
        ((delegate*<nint, nint>)&ScriptChild.Run)((nint)(&nothingToDo));
        return (nint)NativeMemory.AlignedAlloc(StackSize, 16) + (nint)StackSize;
    }

    private static void KillOnceThere(ScriptChild.Context* context)
    {
        var wait = new SpinWait();
        int id;
        while ((id = Volatile.Read(ref context->ProcessId)) == 0)
        {
            if (wait.Count > 10_000)
            {
                return;
            }

            wait.SpinOnce();
        }

        _ = Libc.SendSignal(id, Signals.Kill);
    }

    private static void SetSignalMask(ulong* mask, ulong* before) =>
        Libc.RawSyscall(SyscallNumbers.Of(SystemCall.RtSigProcMask), SetMask, (nint)mask, (nint)before, sizeof(ulong), 0, 0);

    private static nint ProcessControl(int option, nint argument) =>
        Libc.RawSyscall(SyscallNumbers.Of(SystemCall.PrCtl), option, argument, 0, 0, 0, 0);
}
