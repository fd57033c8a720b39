using Builder.Engine.Anatomy.Packages;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Anatomy;

/// <summary>An image taken apart: the files of each layer, what of them nobody can see any more, and the packages that are installed.</summary>
/// <param name="Layers">From the bottom.</param>
/// <param name="Packages">By name; empty when no database of packages was found.</param>
public sealed record ImageAnatomy(IReadOnlyList<LayerAnatomy> Layers, PackageList Packages)
{
    /// <summary>Bytes of all files of all layers.</summary>
    public long Size => Layers.Sum(layer => layer.Size);

    /// <summary>Bytes that are in the image and in no container of it.</summary>
    public long Wasted => Layers.Sum(layer => layer.Wasted);

    /// <summary>Reads all layers of an image once. Contents are looked at as far as they are databases of packages.</summary>
    public static ImageAnatomy Of(BuilderStore store, StoredImage image, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(image);
        var stack = new LayerStack();
        var commands = new Queue<string?>((image.Config.History ?? []).Where(entry => !entry.EmptyLayer).Select(entry => entry.CreatedBy));
        var described = new List<(DiffId DiffId, Descriptor Blob, string? CreatedBy, bool IsHere)>();
        foreach (var (blob, diffId) in image.Manifest.Layers.Zip(image.Config.RootFs.DiffIds))
        {
            var entries = LayerReading.Read(store, diffId, withDigests: false, PackageList.MaxSize, cancellationToken);
            stack.Add(entries ?? []);
            described.Add((diffId, blob, commands.TryDequeue(out var command) ? command : null, entries is not null));
        }

        var layers = described.Select((layer, number) =>
            new LayerAnatomy(number + 1, layer.DiffId, layer.Blob, layer.CreatedBy, layer.IsHere, FilesOf(stack.Layers[number]))).ToList();
        return new ImageAnatomy(layers, PackageList.Of(stack.Seen.Values.Select(file => file.Entry).Where(entry => entry.Content is not null)));
    }

    private static IReadOnlyList<AnatomyFile> FilesOf(IReadOnlyList<StackedFile> files)
    {
        // As long as one name of a file is seen, its bytes are.
        var keptByLink = files.Where(file => file is { End: FileEnd.Seen, Entry.LinkKey: not null }).Select(file => file.Entry.LinkKey!).ToHashSet(StringComparer.Ordinal);
        return [.. files.Select(file => new AnatomyFile(
            file.Entry.Path,
            file.Entry.Facts,
            file.End,
            file.EndedBy + 1,
            file.End == FileEnd.Seen || keptByLink.Contains(file.Entry.Key) ? 0 : file.Entry.Facts.Size))];
    }
}

/// <summary>One layer of an image.</summary>
/// <param name="Number">Counted from 1, from the bottom.</param>
/// <param name="Blob">As the manifest has it: its size is the stored one.</param>
/// <param name="CreatedBy">The instruction, as the image's history has it.</param>
/// <param name="IsHere">False for a layer whose bytes are not in this store: nothing is known of its files.</param>
/// <param name="Files">In the layer's order.</param>
public sealed record LayerAnatomy(int Number, DiffId DiffId, Descriptor Blob, string? CreatedBy, bool IsHere, IReadOnlyList<AnatomyFile> Files)
{
    public long Size { get; } = Files.Sum(file => file.Facts.Size);

    public long Wasted { get; } = Files.Sum(file => file.Wasted);
}

/// <summary>A file of a layer and what became of it.</summary>
/// <param name="EndedBy">The number of the layer that overwrote or deleted it; null while it is seen.</param>
/// <param name="Wasted">Its bytes, if no container sees them.</param>
public sealed record AnatomyFile(string Path, FileFacts Facts, FileEnd End, int? EndedBy, long Wasted);
