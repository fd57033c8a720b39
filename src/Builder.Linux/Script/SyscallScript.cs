using System.Runtime.CompilerServices;
using System.Text;

namespace Builder.Linux.Script;

/// <summary>
/// A list of system calls with everything they point to, to be run by a process that shares this one's memory and
/// must not run managed code (<see cref="ScriptRunner"/>). The script is data: what it would do can be read from
/// <see cref="Operations"/>. The partial files say what scripts are made of, one concern each.
/// </summary>
public sealed unsafe partial class SyscallScript : IDisposable
{
    private readonly ScriptArena arena;
    private readonly List<ScriptOperation> operations = [];
    private readonly List<object> kept = [];
    private readonly List<IDisposable> owned = [];

    /// <param name="forks">The process will split in two (<see cref="Fork"/>); what befalls the new one can be read here all the same.</param>
    public SyscallScript(bool forks = false) => arena = new ScriptArena(forks);

    public IReadOnlyList<ScriptOperation> Operations => operations;

    /// <summary>Appends an operation whose failure ends the script, unless the caller says <see cref="ScriptOperation.MayFail"/>.</summary>
    public ScriptOperation Add(string description, SystemCall call, params ReadOnlySpan<ScriptValue> arguments) =>
        Append(description, call, arguments, null);

    /// <summary>Appends an operation and names its result for later ones.</summary>
    public ScriptOperation Add(string description, SystemCall call, out ScriptVariable result, string name, params ReadOnlySpan<ScriptValue> arguments)
    {
        result = Variable(name);
        return Append(description, call, arguments, result);
    }

    private ScriptVariable Variable(string name) => new((nint)arena.Allocate((nuint)sizeof(nint)), name);

    /// <summary>The operations that <paramref name="then"/> appends run only if the last one succeeded; its failure is no error.</summary>
    public void IfSucceeds(ScriptOperation last, Action then)
    {
        ArgumentNullException.ThrowIfNull(then);
        var start = MustBeLast(last);
        then();
        last.SkipOnError = operations.Count - start;
    }

    /// <summary>The operations that <paramref name="otherwise"/> appends run only if the last one failed.</summary>
    public void IfFails(ScriptOperation last, Action otherwise)
    {
        ArgumentNullException.ThrowIfNull(otherwise);
        var start = MustBeLast(last);
        otherwise();
        last.SkipOnError = 0;
        last.SkipOnSuccess = operations.Count - start;
    }

    /// <summary>The address of a text in UTF-8, ended by a zero byte.</summary>
    public ScriptValue Text(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("a zero byte would end the text early", nameof(text));
        }

        var size = Encoding.UTF8.GetByteCount(text);
        var memory = arena.Allocate((nuint)size + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(memory, size));
        return new ScriptValue((nint)memory, $"\"{text}\"");
    }

    /// <summary>The address of a list of texts that ends in a null pointer, as execve(2) takes it.</summary>
    public ScriptValue Texts(IReadOnlyCollection<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var list = (nint*)arena.Allocate((nuint)((texts.Count + 1) * sizeof(nint)));
        var i = 0;
        foreach (var text in texts)
        {
            list[i++] = Text(text).Raw;
        }

        return new ScriptValue((nint)list, $"[{string.Join(", ", texts)}]");
    }

    /// <summary>The address of a copy of <paramref name="data"/>.</summary>
    public ScriptValue Data<T>(ReadOnlySpan<T> data, string shown)
        where T : unmanaged
    {
        var size = data.Length * sizeof(T);
        var memory = arena.Allocate((nuint)size);
        data.CopyTo(new Span<T>(memory, data.Length));
        return new ScriptValue((nint)memory, shown);
    }

    /// <summary>The number of a descriptor, which is not collected before the script is; the caller closes it.</summary>
    public ScriptValue Descriptor(System.Runtime.InteropServices.SafeHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        kept.Add(handle);
        return new ScriptValue(handle.DangerousGetHandle());
    }

    /// <summary>The number of a descriptor that is closed with the script.</summary>
    public ScriptValue OwnedDescriptor(System.Runtime.InteropServices.SafeHandle handle)
    {
        owned.Add(handle);
        return Descriptor(handle);
    }

    public void Dispose()
    {
        owned.ForEach(handle => handle.Dispose());
        owned.Clear();
        arena.Dispose();
        operations.Clear();
        kept.Clear();
    }

    /// <summary>Lays the operations out for <see cref="ScriptChild"/>.</summary>
    internal ScriptChild.Context* Seal()
    {
        var laid = (ScriptChild.Operation*)arena.Allocate((nuint)(operations.Count * sizeof(ScriptChild.Operation)));
        for (var i = 0; i < operations.Count; i++)
        {
            Lay(operations[i], ref laid[i]);
        }

        var context = (ScriptChild.Context*)arena.Allocate((nuint)sizeof(ScriptChild.Context));
        context->Next = laid;
        context->End = laid + operations.Count;
        return context;
    }

    /// <summary>Takes over how each operation went.</summary>
    internal ScriptFailure? ReadBack(ScriptChild.Context* context)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            var error = context->Next[i].Error;
            operations[i].Error = error == 0 ? null : (Errno)error;
        }

        return context->Failed is null
            ? null
            : new ScriptFailure(operations[(int)(context->Failed - context->Next)], (Errno)context->Failed->Error);
    }

    private static void Lay(ScriptOperation operation, ref ScriptChild.Operation laid)
    {
        laid.Number = Native.SyscallNumbers.Of(operation.Call);
        laid.Result = operation.Result?.Cell ?? 0;
        laid.LeastResult = operation.LeastResult;
        laid.Retries = operation.Retries;
        laid.SkipOnError = operation.SkipOnError;
        laid.SkipOnLess = operation.SkipOnLess ?? operation.SkipOnError;
        laid.SkipOnSuccess = operation.SkipOnSuccess;
        for (var i = 0; i < operation.Arguments.Count; i++)
        {
            var argument = operation.Arguments[i];
            Unsafe.Add(ref laid.Argument0, i) = argument.Raw;
            laid.VariableMask |= argument.IsVariable ? 1 << i : 0;
        }
    }

    private ScriptOperation Append(string description, SystemCall call, ReadOnlySpan<ScriptValue> arguments, ScriptVariable? result)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(arguments.Length, 6);
        var operation = new ScriptOperation(operations.Count, description, call, arguments.ToArray(), result);
        operations.Add(operation);
        return operation;
    }

    private int MustBeLast(ScriptOperation operation) =>
        operations.Count > 0 && operations[^1] == operation
            ? operations.Count
            : throw new ArgumentException("only the last operation can be branched on", nameof(operation));
}
