using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Builder.Linux.Script;

/// <summary>
/// The one method that runs in a child which shares our memory while no runtime stands behind it: no allocation, no
/// exception, no poll for the collector, no lazily bound call may happen in it.
/// </summary>
internal static unsafe class ScriptChild
{
    /// <summary>One system call, as the child reads it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Operation
    {
        public nint Number;
        public nint Argument0;
        public nint Argument1;
        public nint Argument2;
        public nint Argument3;
        public nint Argument4;
        public nint Argument5;

        /// <summary>Where to store what it returns; zero for nowhere.</summary>
        public nint Result;

        /// <summary>Bit n: argument n is the address of a variable.</summary>
        public int VariableMask;
        public int LeastResult;

        /// <summary>How many operations to leave out after a failure; negative ends the script.</summary>
        public int SkipOnError;

        /// <summary>The same for a result that is no error and yet less than <see cref="LeastResult"/>.</summary>
        public int SkipOnLess;
        public int SkipOnSuccess;

        /// <summary>How often to try again after EAGAIN; counted down by the child.</summary>
        public int Retries;

        /// <summary>Written by the child: zero or the errno.</summary>
        public int Error;
    }

    /// <summary>What parent and child share beside the operations.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Context
    {
        public Operation* Next;
        public Operation* End;
        public nint Syscall;
        public nint ErrnoLocation;
        public nint ExitNumber;

        /// <summary>The operation that ended the script; null while it has not failed.</summary>
        public Operation* Failed;

        /// <summary>pid_t, stored by the kernel before the child runs (CLONE_PARENT_SETTID).</summary>
        public int ProcessId;
    }

    /// <summary>
    /// Runs the operations; only an empty list returns. The calls go through <em>managed</em> function pointers to
    /// native code: on the architectures in question the two conventions are the same for integers, and the compiler
    /// then emits a bare call, where an unmanaged pointer (even with SuppressGCTransition) gets a poll for the
    /// collector, which in a child waits for a thread that does not exist.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [ExcludeFromCodeCoverage(Justification = "Instrumentation must not run in the child.")]
    internal static nint Run(nint sharedContext)
    {
        var context = (Context*)sharedContext;
        if (context->Next == context->End)
        {
            return 0;
        }

        var syscall = (delegate*<nint, nint, nint, nint, nint, nint, nint, nint>)context->Syscall;
        var errnoLocation = (delegate*<nint>)context->ErrnoLocation;
        var operation = context->Next;
        while (operation < context->End)
        {
            var mask = operation->VariableMask;
            var result = syscall(
                operation->Number,
                (mask & 1) == 0 ? operation->Argument0 : *(nint*)operation->Argument0,
                (mask & 2) == 0 ? operation->Argument1 : *(nint*)operation->Argument1,
                (mask & 4) == 0 ? operation->Argument2 : *(nint*)operation->Argument2,
                (mask & 8) == 0 ? operation->Argument3 : *(nint*)operation->Argument3,
                (mask & 16) == 0 ? operation->Argument4 : *(nint*)operation->Argument4,
                (mask & 32) == 0 ? operation->Argument5 : *(nint*)operation->Argument5);
            if (result >= operation->LeastResult)
            {
                operation->Error = 0;
                if (operation->Result != 0)
                {
                    *(nint*)operation->Result = result;
                }

                operation += 1 + operation->SkipOnSuccess;
                continue;
            }

            operation->Error = result == -1 ? *(int*)errnoLocation() : (int)Errno.ECANCELED;
            if (operation->Error == (int)Errno.EAGAIN && operation->Retries > 0)
            {
                operation->Retries--;
                continue;
            }

            var skip = result == -1 ? operation->SkipOnError : operation->SkipOnLess;
            if (skip < 0)
            {
                context->Failed = operation;
                break;
            }

            operation += 1 + skip;
        }

        // A script that runs out without having executed a program has failed in its last operation.
        if (context->Failed == null)
        {
            context->Failed = context->End - 1;
        }

        while (true)
        {
            syscall(context->ExitNumber, 127, 0, 0, 0, 0, 0);
        }
    }
}
