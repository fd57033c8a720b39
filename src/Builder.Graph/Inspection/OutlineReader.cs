using System.Diagnostics.CodeAnalysis;
using Builder.Diagnostics;
using Builder.Dockerfile.Expansion;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Graph.Inspection;

/// <summary>Collects an <see cref="Outline"/> from what compiling the target came to.</summary>
internal sealed class OutlineReader
{
    private readonly CompilationScope scope;
    private readonly Dictionary<string, OutlineArgument> arguments = new(StringComparer.Ordinal);

    private OutlineReader(CompilationScope scope) => this.scope = scope;

    public static Outline Read(CompilationScope scope, StageSyntax target)
    {
        var reader = new OutlineReader(scope);
        reader.ReadGlobals();
        reader.ReadStages();
        var roots = scope.Stages.Select(stage => stage.State.Root).OfType<Vertex>().ToList();
        var mounts = BuildGraph.Of(roots).Vertices
            .Where(vertex => vertex.Operation is RunOperation)
            .SelectMany(vertex => ((RunOperation)vertex.Operation).Mounts.Select(mount => (Mount: mount, Span: vertex.SourceSpan)))
            .OrderBy(found => found.Span?.Start)
            .ToList();
        return new Outline(
            target.Name,
            target.From.Description,
            [.. reader.arguments.Values.OrderBy(argument => argument.Span.Start)],
            Mounts(mounts.Where(found => found.Mount is StepSecretMount), mount => ((StepSecretMount)mount).Id, mount => ((StepSecretMount)mount).Required),
            Mounts(mounts.Where(found => found.Mount is StepSshMount), mount => ((StepSshMount)mount).Id, mount => ((StepSshMount)mount).Required),
            [
                .. mounts.Where(found => found.Mount is StepCacheMount)
                    .Select(found => new OutlineCache(((StepCacheMount)found.Mount).Id, found.Span))
                    .DistinctBy(cache => cache.Id),
            ]);
    }

    private static IReadOnlyList<OutlineMount> Mounts(
        IEnumerable<(StepMount Mount, SourceSpan? Span)> mounts, Func<StepMount, string> id, Func<StepMount, bool> required) =>
        [.. mounts.GroupBy(found => id(found.Mount)).Select(same => new OutlineMount(same.Key, same.Any(found => required(found.Mount)), same.First().Span))];

    /// <summary>Of the ARGs above the first FROM those that the target's FROMs and stages use, and what their defaults use.</summary>
    private void ReadGlobals()
    {
        var used = new UsedNames(scope.Globals);
        var expander = new WordExpander(used, scope.Dockerfile.Directives.Escape);
        foreach (var (plan, _) in scope.Stages)
        {
            expander.Expand(plan.Syntax.From.Image);
            expander.Expand(plan.Syntax.From.Platform ?? plan.Syntax.From.Image);
            used.Names.UnionWith(plan.Syntax.Instructions.OfType<ArgInstruction>()
                .SelectMany(arg => arg.Declarations).Where(declaration => declaration.Default is null).Select(declaration => declaration.Name.Text));
        }

        // Backwards, so that what a default uses is known before its own declaration is met.
        foreach (var arg in scope.Dockerfile.GlobalArgs.Reverse())
        {
            foreach (var declaration in arg.Declarations.Reverse().Where(declaration => used.Names.Contains(declaration.Name.Text)))
            {
                if (declaration.Default is { } text && !scope.BuildArgs.ContainsKey(declaration.Name.Text))
                {
                    expander.Expand(text);
                }

                Add(arg, declaration, scope.Globals.Find(declaration.Name.Text));
            }
        }
    }

    private void ReadStages()
    {
        foreach (var (plan, state) in scope.Stages)
        {
            foreach (var arg in plan.Syntax.Instructions.OfType<ArgInstruction>())
            {
                foreach (var declaration in arg.Declarations)
                {
                    Add(arg, declaration, state.Variables.Find(declaration.Name.Text));
                }
            }
        }
    }

    private void Add(ArgInstruction arg, ArgDeclaration declaration, string? value)
    {
        var name = declaration.Name.Text;
        var description = arg.DescriptionOf(name);
        var known = arguments.GetValueOrDefault(name);
        arguments[name] = known is null || declaration.Name.Span.Start < known.Span.Start
            ? new OutlineArgument(name, description ?? known?.Description, value ?? known?.Value, declaration.Name.Span)
            : known with { Description = known.Description ?? description, Value = known.Value ?? value };
    }

    /// <summary>Variables that remember who was asked for.</summary>
    private sealed class UsedNames(VariableMap variables) : IVariables
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        public bool TryGet(string name, [NotNullWhen(true)] out string? value)
        {
            Names.Add(name);
            return variables.TryGet(name, out value);
        }
    }
}
