using System.Diagnostics.CodeAnalysis;
using Builder.Dockerfile.Expansion;

namespace Builder.Graph.Compilation;

/// <summary>Variables in order of first definition; setting one again keeps its place.</summary>
internal sealed class VariableMap : IVariables
{
    private readonly List<string> names;
    private readonly Dictionary<string, string> values;

    public VariableMap()
        : this([], new Dictionary<string, string>(StringComparer.Ordinal))
    {
    }

    private VariableMap(List<string> names, Dictionary<string, string> values) => (this.names, this.values) = (names, values);

    /// <summary>In order of first definition.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary><c>NAME=value</c> lines.</summary>
    public IReadOnlyList<string> Lines => [.. names.Select(name => $"{name}={values[name]}")];

    public static VariableMap Parse(IEnumerable<string> lines)
    {
        var map = new VariableMap();
        foreach (var line in lines)
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            map.Set(equals < 0 ? line : line[..equals], equals < 0 ? "" : line[(equals + 1)..]);
        }

        return map;
    }

    public bool Contains(string name) => values.ContainsKey(name);

    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => values.TryGetValue(name, out value);

    public string? Find(string name) => values.GetValueOrDefault(name);

    public void Set(string name, string value)
    {
        if (!values.ContainsKey(name))
        {
            names.Add(name);
        }

        values[name] = value;
    }

    public VariableMap Copy() => new([.. names], new Dictionary<string, string>(values, StringComparer.Ordinal));
}
