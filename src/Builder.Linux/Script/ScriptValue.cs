namespace Builder.Linux.Script;

/// <summary>
/// One argument of an operation: a number, the address of something in the script's own memory, or what an earlier
/// operation returned (<see cref="ScriptVariable"/>).
/// </summary>
public readonly struct ScriptValue
{
    private readonly string? shown;

    internal ScriptValue(nint raw, string? shown = null, bool isVariable = false)
    {
        Raw = raw;
        IsVariable = isVariable;
        this.shown = shown;
    }

    /// <summary>The number itself, or the address of the cell that will hold it.</summary>
    internal nint Raw { get; }

    internal bool IsVariable { get; }

    public static implicit operator ScriptValue(int value) => new(value);

    public static implicit operator ScriptValue(long value) => new((nint)value);

    public static ScriptValue FromInt32(int value) => value;

    public static ScriptValue FromInt64(long value) => value;

    /// <summary>For people and tests: texts in quotes, variables by name, numbers in decimal.</summary>
    public override string ToString() => shown ?? Raw.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A place for what an operation returns, mostly a file descriptor, to be used by later ones.</summary>
public sealed class ScriptVariable
{
    internal ScriptVariable(nint cell, string name) => (Cell, Name) = (cell, name);

    internal nint Cell { get; }

    public string Name { get; }

    public static implicit operator ScriptValue(ScriptVariable variable) => ToScriptValue(variable);

    public static ScriptValue ToScriptValue(ScriptVariable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return new ScriptValue(variable.Cell, "$" + variable.Name, isVariable: true);
    }
}
