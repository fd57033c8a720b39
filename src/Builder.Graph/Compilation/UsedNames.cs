using System.Diagnostics.CodeAnalysis;
using Builder.Dockerfile.Expansion;

namespace Builder.Graph.Compilation;

/// <summary>Variables that remember which ones were asked for, whether they are there or not.</summary>
internal sealed class UsedNames(VariableMap variables) : IVariables
{
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        Names.Add(name);
        return variables.TryGet(name, out value);
    }
}
