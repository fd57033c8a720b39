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
        var vertices = BuildGraph.Of(roots).Vertices;
        var mounts = vertices.Where(vertex => vertex.Operation is RunOperation)
            .SelectMany(vertex => ((RunOperation)vertex.Operation).Mounts.Select(mount => (Mount: mount, vertex.SourceSpan)))
            .ToList();
        var sources = vertices.Where(vertex => vertex.Operation is CopyOperation)
            .SelectMany(vertex => vertex.Inputs.Select(input => (input.Operation, vertex.SourceSpan)))
            .ToList();
        return new Outline(
            target.Name,
            target.From.Description,
            [.. reader.arguments.Values.OrderBy(argument => argument.Span.Start)],
            EachOnce(
            [
                .. from found in mounts where found.Mount is StepSecretMount let secret = (StepSecretMount)found.Mount select new OutlineMount(secret.Id, secret.Required, found.SourceSpan),
                .. from source in sources from id in SourceSecrets.IdsOf(source.Operation) select new OutlineMount(id, false, source.SourceSpan),
            ]),
            EachOnce(
            [
                .. from found in mounts where found.Mount is StepSshMount let agent = (StepSshMount)found.Mount select new OutlineMount(agent.Id, agent.Required, found.SourceSpan),
                .. from source in sources where SourceSecrets.NeedsAgent(source.Operation) select new OutlineMount("default", false, source.SourceSpan),
            ]),
            [
                .. mounts.Where(found => found.Mount is StepCacheMount).OrderBy(found => found.SourceSpan?.Start)
                    .Select(found => new OutlineCache(((StepCacheMount)found.Mount).Id, found.SourceSpan))
                    .DistinctBy(cache => cache.Id),
            ]);
    }

    private static IReadOnlyList<OutlineMount> EachOnce(IEnumerable<OutlineMount> mounts) =>
        [.. mounts.OrderBy(mount => mount.Span?.Start).GroupBy(mount => mount.Id).Select(same => same.First() with { IsRequired = same.Any(mount => mount.IsRequired) })];

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
