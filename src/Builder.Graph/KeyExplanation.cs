using Builder.Oci;

namespace Builder.Graph;

/// <summary>A cache key and the parts that it is the digest of, so that a miss can be explained.</summary>
/// <param name="Parts">In the order they were hashed; names repeat for the elements of a list.</param>
public sealed record KeyExplanation(Digest Key, IReadOnlyList<KeyPart> Parts)
{
    /// <summary>What is different from an earlier key of the same step; empty when nothing is.</summary>
    public IReadOnlyList<KeyDifference> DifferencesFrom(KeyExplanation earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var before = earlier.Parts.ToLookup(part => part.Name, part => part.Value, StringComparer.Ordinal);
        var after = Parts.ToLookup(part => part.Name, part => part.Value, StringComparer.Ordinal);
        var differences = new List<KeyDifference>();
        foreach (var name in Parts.Concat(earlier.Parts).Select(part => part.Name).Distinct(StringComparer.Ordinal))
        {
            if (before[name].SequenceEqual(after[name], StringComparer.Ordinal))
            {
                continue;
            }

            var gone = before[name].Except(after[name], StringComparer.Ordinal).ToList();
            var come = after[name].Except(before[name], StringComparer.Ordinal).ToList();
            differences.Add(new KeyDifference(name, gone, come));
        }

        return differences;
    }
}

/// <summary>One thing that a key depends on, such as <c>env</c> = <c>A=1</c>.</summary>
public sealed record KeyPart(string Name, string Value);

/// <summary>How a part of a key changed. Both lists are empty when only the order of its elements did.</summary>
public sealed record KeyDifference(string Name, IReadOnlyList<string> Before, IReadOnlyList<string> After);
