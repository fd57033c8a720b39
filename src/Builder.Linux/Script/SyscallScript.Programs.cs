using System.Runtime.InteropServices;
using Builder.Linux.Processes;
using Builder.Linux.Programs;
using static Tmds.Linux.LibC;

namespace Builder.Linux.Script;

/// <summary>Programs that are executed from memory, and what they expect on descriptor 3.</summary>
public sealed partial class SyscallScript
{
    /// <summary>The one beside the standard streams that a <see cref="TinyProgram"/> uses.</summary>
    private const int Extra = 3;
    private const int TellsDescriptor = 0x1000;

    /// <summary>
    /// Makes a child that runs what <paramref name="child"/> appends, with a copy of the memory, and waits until that has executed a
    /// program or ended. Its pidfd is descriptor 3 of this process then, for <see cref="TinyProgram.Init"/>.
    /// </summary>
    public void ForkChild(Action child)
    {
        ArgumentNullException.ThrowIfNull(child);

        // What comes for process 1 before it is ready waits; unblocked, it would be lost.
        Add("blocking signals", SystemCall.RtSigProcMask, SetMask, Data<ulong>([ulong.MaxValue], "all signals"), 0, sizeof(ulong));

        // Taken, so that the pidfd itself gets another number and can be moved here.
        Duplicate(0, Extra);
        var descriptor = Variable("child");
        var fork = Add(
            "making the container's program", SystemCall.Clone, TellsDescriptor | ParentWaits | Signals.Child, 0, new ScriptValue(descriptor.Cell, "&child"), 0, 0).AtLeast(1);
        fork.SkipOnLess = 0;
        var start = operations.Count;
        Add("unblocking signals", SystemCall.RtSigProcMask, SetMask, Data<ulong>([0], "no signals"), 0, sizeof(ulong));
        child();
        Add("executing a program", SystemCall.Close, -1);
        fork.SkipOnSuccess = operations.Count - start;
        Duplicate(descriptor, Extra);
    }

    /// <summary>What a program writes to descriptor 3 goes there until it executes another.</summary>
    /// <param name="writer">With a number above 3 (<see cref="TinyProgram.MoveUp"/>).</param>
    public ScriptOperation SendComplaintsTo(SafeHandle writer) => Add("dup of the descriptor for complaints", SystemCall.Dup3, Descriptor(writer), Extra, 0);

    /// <summary>Executes a program from memory, with the standard streams, descriptor 3, and nothing else.</summary>
    public ScriptOperation Execute(TinyProgram program, IReadOnlyCollection<string> argv, IReadOnlyCollection<string> environment)
    {
        ArgumentNullException.ThrowIfNull(program);
        var number = (int)program.Handle.DangerousGetHandle();
        Add("closing other descriptors", SystemCall.CloseRange, Extra + 1, number - 1, 0);
        Add("closing other descriptors", SystemCall.CloseRange, number + 1, (long)uint.MaxValue, 0);
        return Add($"executing {program.Name}", SystemCall.ExecVeAt, Descriptor(program.Handle), Text(""), Texts(argv), Texts(environment), EmptyPath);
    }
}
