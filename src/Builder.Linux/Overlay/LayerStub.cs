namespace Builder.Linux.Overlay;

/// <summary>Makes single names in a layer that is to lie on top of others.</summary>
public static class LayerStub
{
    private const UnixFileMode Mode755 = (UnixFileMode)0x1ed;

    /// <summary>
    /// Makes the missing part of <paramref name="path"/> in <paramref name="layer"/>: directories, and at the end an
    /// empty file or a directory. The directories that exist are repeated with mode, owner and time, because an
    /// overlay shows a directory as the top-most layer has it.
    /// </summary>
    public static void Make(string layer, ResolvedPath path, bool isFile)
    {
        ArgumentNullException.ThrowIfNull(path);
        var repeated = new List<(string Path, DirectoryMetadata Metadata)> { (layer, LayerNode.Metadata(layer)) };
        var current = layer;
        foreach (var part in path.Existing)
        {
            // The part may be in this layer already, because of an earlier stub.
            current = $"{current}/{part.Name}";
            repeated.Add((current, LayerNode.Metadata(part.Source)));
            Directory.CreateDirectory(current);
        }

        for (var i = 0; i < path.Missing.Count; i++)
        {
            current = $"{current}/{path.Missing[i]}";
            MakeNew(current, isFile && i == path.Missing.Count - 1, repeated[^1].Metadata);
        }

        foreach (var (directory, metadata) in Enumerable.Reverse(repeated))
        {
            LayerNode.Apply(metadata, directory);
        }
    }

    /// <summary>Of root, with the time of the directory it is in: the clock has no say in what a step sees.</summary>
    private static void MakeNew(string path, bool isFile, DirectoryMetadata parent)
    {
        if (isFile)
        {
            File.Create(path).Dispose();
            LayerNode.Apply(parent with { Mode = (UnixFileMode)0x1a4, User = 0, Group = 0 }, path);
        }
        else
        {
            Directory.CreateDirectory(path);
            LayerNode.Apply(parent with { Mode = Mode755, User = 0, Group = 0 }, path);
        }
    }

    /// <summary>Gives the root of <paramref name="layer"/> the metadata that the view shows there.</summary>
    public static void RepeatRoot(string layer, string topMostBelow) => LayerNode.Apply(LayerNode.Metadata(topMostBelow), layer);
}
