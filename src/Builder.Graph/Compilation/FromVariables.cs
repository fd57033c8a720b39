using Builder.Diagnostics;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <summary>
/// The variables in <c>COPY --from</c> and in a mount's <c>from</c>. What stands there says which stages are needed, so it has to be
/// known before any stage is compiled: they are those that FROM sees, and an error tells whoever meant another.
/// </summary>
internal sealed class FromVariables(DockerfileSyntax dockerfile, VariableMap globals)
{
    private readonly HashSet<string> declared = NamesOf(dockerfile.GlobalArgs);

    /// <summary>The name, or for COPY also the number, that is meant.</summary>
    /// <param name="used">Gets the names of the variables in it.</param>
    /// <exception cref="BuilderException">
    /// <see cref="GraphErrors.InvalidFrom"/>: a variable is only the stage's, or nobody's, or nothing is left; from expansion.
    /// </exception>
    public string ValueOf(StageReference reference, StageSyntax stage, SourceSpan span, HashSet<string> used)
    {
        if (!reference.Text.Contains('$', StringComparison.Ordinal))
        {
            return reference.Text;
        }

        var seen = new UsedNames(globals);
        var undefined = new HashSet<string>(StringComparer.Ordinal);
        var expander = new WordExpander(seen, reference.Escape, (name, _) => undefined.Add(name));
        string value;
        try
        {
            value = expander.Expand(new Word(reference.Text, span));
        }
        finally
        {
            used.UnionWith(seen.Names);
        }

        foreach (var name in seen.Names.Where(name => !declared.Contains(name) && !globals.Contains(name)))
        {
            RequireNobodys(name, undefined.Contains(name), reference, stage, span);
        }

        return value.Length > 0 ? value : throw new BuilderException(
            GraphErrors.InvalidFrom, $"{reference.Option} is empty: {reference.Text} has no value",
            "give the ARG before the first FROM a default, or the build a --build-arg", span);
    }

    /// <summary>A variable that no ARG above the first FROM declares may be asked for only by who has another value at hand.</summary>
    private void RequireNobodys(string name, bool isNeeded, StageReference reference, StageSyntax stage, SourceSpan span)
    {
        var hint = $"it has to be known before any stage is built: declare it before the first FROM, with ARG {name}=…";
        if (WithBases(stage).Any(other => NamesOf(other.Instructions).Contains(name)))
        {
            throw new BuilderException(GraphErrors.InvalidFrom, $"{reference.Option} cannot use ${name}, which only the stage declares", hint, span);
        }

        if (isNeeded)
        {
            var near = Suggestions.Nearest(name, declared.Concat(globals.Names));
            throw new BuilderException(
                GraphErrors.InvalidFrom, $"{reference.Option} uses ${name}, which is not declared{(near is null ? "" : $" (did you mean ${near}?)")}", hint, span);
        }
    }

    /// <summary>A stage and those whose variables it inherits, as far as the text tells.</summary>
    private IEnumerable<StageSyntax> WithBases(StageSyntax stage)
    {
        for (var current = stage; current is not null;)
        {
            yield return current;
            var (name, index) = (current.From.Image.Text, current.Index);
            current = dockerfile.Stages.LastOrDefault(other => other.Index < index && other.Name == name);
        }
    }

    private static HashSet<string> NamesOf(IEnumerable<Instruction> instructions) => instructions
        .SelectMany(instruction => instruction switch
        {
            ArgInstruction arg => arg.Declarations.Select(declaration => declaration.Name.Text),
            EnvInstruction env => env.Pairs.Select(pair => pair.Key.Text),
            _ => [],
        })
        .ToHashSet(StringComparer.Ordinal);
}
