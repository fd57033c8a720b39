using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>
/// The named contexts, found the way image names are compared: <c>alpine</c>, <c>alpine:latest</c> and
/// <c>docker.io/library/alpine</c> are one key. A context for a platform (<c>alpine::linux/arm64</c>) comes first.
/// </summary>
internal sealed class ContextCatalogue
{
    private readonly Dictionary<string, (string Name, NamedContext Context)> contexts = new(StringComparer.Ordinal);

    public ContextCatalogue(IReadOnlyDictionary<string, NamedContext> named)
    {
        foreach (var (name, context) in named.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var colons = name.IndexOf("::", StringComparison.Ordinal);
            var key = colons < 0 ? Normalise(name) : Key(Normalise(name[..colons]), Platform.Parse(name[(colons + 2)..]));
            contexts[key] = (name, context);
        }
    }

    /// <summary>The context that takes the place of a stage or image, and its name as the user gave it.</summary>
    public (string Name, NamedContext Context)? Find(string name, Platform platform)
    {
        if (name is "scratch" or ContextOperation.MainName or "")
        {
            return null;
        }

        var key = Normalise(name);
        return contexts.TryGetValue(Key(key, platform), out var special) ? special
            : contexts.TryGetValue(key, out var general) ? general
            : null;
    }

    private static string Key(string name, Platform platform) => $"{name}::{platform}";

    private static string Normalise(string name)
    {
        const string Latest = ":latest";
        var familiar = ImageReference.TryParse(name, out var reference) ? reference.Familiar : name;
        return familiar.EndsWith(Latest, StringComparison.Ordinal) ? familiar[..^Latest.Length] : familiar;
    }
}
