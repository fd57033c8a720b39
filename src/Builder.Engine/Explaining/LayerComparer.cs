using Builder.Engine.Anatomy;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Explaining;

/// <summary>Compares two layers file by file.</summary>
internal sealed class LayerComparer(BuilderStore store)
{
    /// <returns>The files that differ, by name; nothing when a layer's bytes are not in the store.</returns>
    public IEnumerable<ImageDifference> Compare(DiffId before, DiffId after, CancellationToken cancellationToken)
    {
        if (Read(before, cancellationToken) is not { } first || Read(after, cancellationToken) is not { } second)
        {
            yield break;
        }

        foreach (var key in first.Keys.Union(second.Keys).Order(StringComparer.Ordinal))
        {
            var (one, other) = (first.GetValueOrDefault(key), second.GetValueOrDefault(key));
            if (one == other)
            {
                continue;
            }

            var shown = LayerEntry.PathOf(key);
            yield return one is null || other is null
                ? new ImageDifference("file " + shown, one?.Kind, other?.Kind)
                : new ImageDifference("file " + shown, one.Without(other), other.Without(one));
        }
    }

    private Dictionary<string, FileFacts>? Read(DiffId layer, CancellationToken cancellationToken) =>
        LayerReading.Read(store, layer, withDigests: true, wanted: null, cancellationToken) is not { } entries ? null
            : entries.GroupBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last().Facts, StringComparer.Ordinal);
}
