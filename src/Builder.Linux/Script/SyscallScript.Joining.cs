using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using static Tmds.Linux.LibC;

namespace Builder.Linux.Script;

/// <summary>Joining what other processes are in, and terminals.</summary>
public sealed partial class SyscallScript
{
    private const int SharesParent = 0x8000;
    private const int ParentWaits = 0x4000;
    private const int TellsIdAtOnce = 0x0010_0000;
    private const int LockTerminal = 0x4004_5431;
    private const int OpenPeer = 0x5441;
    private const int SetControllingTerminal = 0x540e;
    private const int SetDumpable = 4;

    /// <summary>Enters namespaces of a process, all at once. A pid namespace is entered by what this process makes, and not by itself.</summary>
    /// <param name="process">A descriptor of the process (pidfd_open(2)).</param>
    public ScriptOperation JoinNamespaces(ScriptValue process, Namespaces kinds) =>
        Add($"joining the namespaces {kinds}", SystemCall.SetNs, process, (long)kinds);

    /// <summary>Nobody else may look into this process's memory or at its program, until it executes another.</summary>
    public ScriptOperation HideFromOthers() => Add("prctl(PR_SET_DUMPABLE)", SystemCall.PrCtl, SetDumpable, 0, 0, 0, 0);

    /// <summary>
    /// Makes a new process, with a copy of the memory and not the memory itself, that runs what <paramref name="child"/> appends,
    /// while this one waits until that has executed a program or ended, and ends then. The new one is a child of who launched
    /// this one.
    /// </summary>
    /// <returns>The id of the new process, as this one counts; known as soon as there is one.</returns>
    public ScriptVariable Fork(Action child)
    {
        ArgumentNullException.ThrowIfNull(child);
        var id = Variable("forked");
        var fork = Add(
            "making the process in the container", SystemCall.Clone, SharesParent | ParentWaits | TellsIdAtOnce | Signals.Child, 0, new ScriptValue(id.Cell, "&forked"), 0, 0).AtLeast(1);

        // Zero is what the new process sees; an error must not be taken for that.
        fork.SkipOnLess = 0;
        var start = operations.Count;
        child();

        // What has not become another program by now never will.
        Add("executing a program", SystemCall.Close, -1);
        fork.SkipOnSuccess = operations.Count - start;
        Add("ending", SystemCall.ExitGroup, 0);
        return id;
    }

    /// <summary>A new terminal: its master goes to who launched this process, its other end is the result.</summary>
    /// <param name="multiplexer">Where terminals are made, in the sight of this process.</param>
    public ScriptVariable OpenTerminal(TerminalHandover handover, string multiplexer)
    {
        ArgumentNullException.ThrowIfNull(handover);
        Add("opening a terminal", SystemCall.OpenAt, out var master, "terminal", CurrentDirectory, Text(multiplexer), O_RDWR | O_NOCTTY | O_CLOEXEC, 0);
        Add("unlocking the terminal", SystemCall.IoCtl, master, LockTerminal, Data<int>([0], "0"));
        Add("telling of the terminal", SystemCall.Write, Descriptor(handover.Opened.Writer), new ScriptValue(master.Cell, "&terminal"), sizeof(int));
        Read(Descriptor(handover.Taken.Reader), "waiting for the terminal to be taken").AtLeast(1);
        Add("opening the other end of the terminal", SystemCall.IoCtl, out var peer, "peer", master, OpenPeer, O_RDWR | O_NOCTTY);
        Close(master);
        return peer;
    }

    /// <summary>Makes a terminal the one of this process's session, which must be its own.</summary>
    public ScriptOperation ControlTerminal(ScriptValue terminal) => Add("taking control of the terminal", SystemCall.IoCtl, terminal, SetControllingTerminal, 0);
}
