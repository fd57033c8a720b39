namespace Builder.Engine.Anatomy;

/// <summary>
/// Puts layers on top of each other as a container sees them (OCI image-spec, layer.md), and remembers what became of each file of
/// each layer: still to be seen, overwritten, or deleted.
/// </summary>
internal sealed class LayerStack
{
    private const string WhiteoutPrefix = ".wh.";
    private const string Opaque = ".wh..wh..opq";
    private const string MetadataPrefix = ".wh..wh.";

    private readonly SortedSet<string> keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StackedFile> seen = new(StringComparer.Ordinal);
    private readonly List<List<StackedFile>> layers = [];

    /// <summary>All entries of all layers, without whiteouts; by layer.</summary>
    public IReadOnlyList<IReadOnlyList<StackedFile>> Layers => layers;

    /// <summary>What a container sees, by key.</summary>
    public IReadOnlyDictionary<string, StackedFile> Seen => seen;

    /// <summary>Puts a layer on top. Its whiteouts are about the layers below it, wherever in the archive they stand.</summary>
    public void Add(IEnumerable<LayerEntry> entries)
    {
        var number = layers.Count;
        var own = new List<StackedFile>();
        layers.Add(own);
        var files = new List<LayerEntry>();
        foreach (var entry in entries)
        {
            var slash = entry.Key.LastIndexOf('/');
            var name = entry.Key[(slash + 1)..];
            if (!name.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
            {
                files.Add(entry);
            }
            else if (name == Opaque)
            {
                CoverBelow(slash < 0 ? "" : entry.Key[..slash], number);
            }
            else if (!name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                var gone = entry.Key[..(slash + 1)] + name[WhiteoutPrefix.Length..];
                Cover(gone, number, FileEnd.Deleted);
                CoverBelow(gone, number);
            }
        }

        foreach (var file in files)
        {
            own.Add(Put(file, number));
        }
    }

    private StackedFile Put(LayerEntry entry, int number)
    {
        if (seen.TryGetValue(entry.Key, out var before) && !(before.Entry.Facts.IsDirectory && entry.Facts.IsDirectory))
        {
            Cover(entry.Key, number, FileEnd.Overwritten);
            CoverBelow(entry.Key, number);
        }

        var file = new StackedFile(entry, number);
        seen[entry.Key] = file;
        keys.Add(entry.Key);
        return file;
    }

    private void CoverBelow(string directory, int number)
    {
        // '0' is what follows '/': between them is all that begins with the directory's path.
        var below = directory.Length == 0 ? [.. keys.Where(key => key.Length > 0)] : keys.GetViewBetween(directory + "/", directory + "0").ToArray();
        foreach (var key in below.Where(key => directory.Length == 0 || key.StartsWith(directory + "/", StringComparison.Ordinal)))
        {
            Cover(key, number, FileEnd.Deleted);
        }
    }

    private void Cover(string key, int number, FileEnd end)
    {
        if (seen.Remove(key, out var file))
        {
            keys.Remove(key);
            file.End = end;
            file.EndedBy = number;
        }
    }
}

/// <summary>What became of a file of a layer.</summary>
public enum FileEnd
{
    /// <summary>A container sees it.</summary>
    Seen,
    Overwritten,
    Deleted,
}

/// <summary>A file of one layer in the stack.</summary>
/// <param name="layer">Counted from 0.</param>
internal sealed class StackedFile(LayerEntry entry, int layer)
{
    public LayerEntry Entry => entry;

    public int Layer => layer;

    public FileEnd End { get; set; }

    /// <summary>The layer that ended it.</summary>
    public int? EndedBy { get; set; }
}
