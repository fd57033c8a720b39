using Builder.Dockerfile.Syntax;

namespace Builder.Graph.Compilation;

/// <content>ARG, ENV, LABEL.</content>
internal sealed partial class StageCompiler
{
    /// <summary>Each name sees those left of it. The value is the build argument, else the default, else the global one, else none.</summary>
    private void Arg(ArgInstruction arg)
    {
        var words = new List<string>();
        foreach (var declaration in arg.Declarations)
        {
            var name = declaration.Name.Text;
            scope.DeclaredArgs.Add(name);
            var value = scope.BuildArgs.TryGetValue(name, out var given) ? given
                : declaration.Default is { } text ? Expand(text)
                : scope.Globals.Find(name);
            if (value is not null)
            {
                state.Variables.Set(name, value);
            }

            state.Args.Set(name, "");
            words.Add(value is null ? name : $"{name}={value}");
        }

        Record("ARG " + string.Join(' ', words));
    }

    /// <summary>All values see the variables as they were before the instruction.</summary>
    private void Env(EnvInstruction env)
    {
        var pairs = ExpandPairs(env.Pairs);
        state.ImageVariables ??= VariableMap.Parse(state.Config.Env ?? []);
        foreach (var (name, value) in pairs)
        {
            state.ImageVariables.Set(name, value);
            state.Variables.Set(name, value);
        }

        Record("ENV " + Text(pairs));
    }

    private void Label(LabelInstruction label)
    {
        var pairs = ExpandPairs(label.Pairs);
        state.Labels ??= ConfigSets.Sorted(state.Config.Labels);
        foreach (var (key, value) in pairs)
        {
            state.Labels[key] = value;
        }

        Record("LABEL " + Text(pairs));
    }

    private List<(string Key, string Value)> ExpandPairs(IEnumerable<KeyValue> pairs) =>
        [.. pairs.Select(pair => (Expand(pair.Key), Expand(pair.Value)))];

    private static string Text(IEnumerable<(string Key, string Value)> pairs) => string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}"));
}
