using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>The dictionaries of a config with something added, in the order of their keys.</summary>
internal static class ConfigSets
{
    public static IReadOnlyDictionary<string, string> With(
        IReadOnlyDictionary<string, string>? labels, IEnumerable<(string Key, string Value)> more)
    {
        var all = Sorted(labels);
        foreach (var (key, value) in more)
        {
            all[key] = value;
        }

        return all;
    }

    public static IReadOnlyDictionary<string, EmptyObject> With(IReadOnlyDictionary<string, EmptyObject>? set, IEnumerable<string> more)
    {
        var all = Sorted(set);
        foreach (var key in more)
        {
            all[key] = EmptyObject.Instance;
        }

        return all;
    }

    public static SortedDictionary<string, T> Sorted<T>(IReadOnlyDictionary<string, T>? entries)
    {
        var sorted = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in entries ?? new Dictionary<string, T>())
        {
            sorted[key] = value;
        }

        return sorted;
    }
}
