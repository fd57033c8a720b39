using System.Diagnostics.CodeAnalysis;

namespace Builder.Dockerfile.Expansion;

/// <summary>The variables that a word is expanded with. A variable can be set and empty.</summary>
public interface IVariables
{
    bool TryGet(string name, [NotNullWhen(true)] out string? value);
}
