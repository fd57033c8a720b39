using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>A check of FROM, of every stage whether it is needed or not.</summary>
internal abstract class FromCheck(CheckRule rule)
{
    public abstract IEnumerable<Finding> Look(FromInstruction from, FromView file);

    protected Finding Found(FromInstruction from, string message, SourceSpan span, string? hint = null) => new(rule, from, message, span, hint);
}

/// <summary>What FROM can refer to.</summary>
/// <param name="Globals">The variables as the build has them.</param>
/// <param name="Defaults">The same without any build argument; null when the defaults alone do not expand.</param>
internal sealed record FromView(DockerfileSyntax Dockerfile, VariableMap Globals, VariableMap? Defaults)
{
    public char Escape => Dockerfile.Directives.Escape;

    /// <summary>What the ARGs above the first FROM declare, with or without a value.</summary>
    public IReadOnlySet<string> Declared { get; } =
        Dockerfile.GlobalArgs.SelectMany(arg => arg.Declarations).Select(declaration => declaration.Name.Text).ToHashSet(StringComparer.Ordinal);
}
