using Builder.Diagnostics;
using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation.Checks;

/// <summary>A word uses a variable that the stage does not define. An ARG without a value is a definition all the same.</summary>
internal static class UndefinedVarCheck
{
    private static readonly string[] BuilderArguments = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

    /// <summary>Null when there is nothing to say; also when the base image, which could define it, was not seen.</summary>
    public static Finding? Look(string name, Word word, Instruction instruction, StageState state, CompilationScope scope)
    {
        if (state.Args.Contains(name) || BuilderArguments.Contains(name) || state.Base is { IsUnseen: true })
        {
            return null;
        }

        // Two letters are as near to any other two as a slip of the finger.
        var near = name.Length > 2 ? Suggestions.Nearest(name, state.Variables.Names.Concat(state.Args.Names)) : null;
        var isGlobal = scope.Globals.Contains(name) || scope.Dockerfile.GlobalArgs.SelectMany(arg => arg.Declarations).Any(declaration => declaration.Name.Text == name);
        return new Finding(
            CheckRules.UndefinedVar, instruction,
            $"Usage of undefined variable '${name}'{(near is null ? "" : $" (did you mean ${near}?)")}", word.Span,
            isGlobal ? $"a stage sees what is declared above the first FROM only when it declares it again: ARG {name}" : null);
    }
}
