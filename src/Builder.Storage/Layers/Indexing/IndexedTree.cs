using Builder.Archives.Tar;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Storage.Layers.Indexing;

/// <summary>
/// The merged view of some layers as their indexes tell it, in memory, and what is put on top of it: nothing is unpacked, and
/// new files stay where they are until their layer is written. For one user at a time.
/// </summary>
public sealed partial class IndexedTree
{
    private const uint DefaultMode = 0x1ed;

    // What lower layers have under names that were taken away, until something takes their place.
    private Dictionary<byte[], FileFacts?>? removed;

    public IndexedNode Root { get; } = new(null, [], new FileFacts { Type = FileType.Directory, Mode = DefaultMode });

    /// <summary>What a path is that has no links on its way; null for nothing.</summary>
    public IndexedNode? Find(ReadOnlySpan<byte> path)
    {
        var node = Root;
        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (name.IsEmpty)
            {
                continue;
            }

            if (node.Find(name) is not { } child)
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    /// <summary>Makes a directory or a file under a name that is free.</summary>
    public IndexedNode Add(IndexedNode parent, ReadOnlySpan<byte> name, FileFacts facts)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(facts);
        return Add(parent, name, facts, facts.IsDirectory ? null : new LinkedFile());
    }

    /// <summary>Gives a file one more name, which is free.</summary>
    public IndexedNode Link(IndexedNode file, IndexedNode parent, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(parent);
        if (file.File is null)
        {
            // A link to a file of a lower layer brings the file along, as overlayfs does.
            file.File = new LinkedFile { Names = 1 };
            Change(file, file.Facts);
        }

        return Add(parent, name, file.Facts, file.File);
    }

    /// <summary>Whether a name is still in its directory.</summary>
    public static bool IsThere(IndexedNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.Parent is null || ReferenceEquals(node.Parent.Find(node.Name), node);
    }

    /// <summary>Changes what is known of a directory.</summary>
    public static void Change(IndexedNode node, FileFacts facts)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!node.IsChanged)
        {
            node.IsChanged = true;
            node.Below = node.Facts;
        }

        node.Facts = facts;
        TellAbove(node);
    }

    /// <summary>Makes room for something else: takes away what is no directory.</summary>
    public void Remove(IndexedNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.File is { } file)
        {
            file.Names--;
        }

        node.Parent!.Remove(node.Name);
        (removed ??= new(ByteNames.Instance))[PathOf(node)] = node.IsChanged ? node.Below : node.Facts;
    }

    /// <summary>What is on top has become a layer: from now on changes are changes of that.</summary>
    internal void Seal(LayerStore layers, DiffId diffId, IReadOnlyList<LayerIndexEntry> entries)
    {
        var contents = new Dictionary<LinkedFile, FileFacts>();
        foreach (var (entry, offset, _) in entries)
        {
            if (Find(entry.Name.Span) is { } node && entry.Kind != TarEntryKind.HardLink)
            {
                node.Facts = node.Facts with
                {
                    Modified = entry.ModifiedSeconds,
                    Content = entry.Size > 0 ? new LayerContent(layers, diffId, offset, entry.Size, null) : null,
                };
                if (node.File is { Names: > 1 } file)
                {
                    contents[file] = node.Facts;
                }
            }
        }

        Forget(Root, contents);
        removed = null;
    }

    private static void Forget(IndexedNode directory, Dictionary<LinkedFile, FileFacts> contents)
    {
        if (!directory.HasChanges)
        {
            return;
        }

        directory.HasChanges = false;
        foreach (var child in directory.Children!.Values)
        {
            if (child.File is { } file && contents.TryGetValue(file, out var facts))
            {
                child.Facts = facts;
            }
            else if (child is { IsChanged: true, IsWritten: false, Below: { } below })
            {
                // The layer does not tell of it, so whoever reads the layer again has what was below.
                child.Facts = below;
            }

            (child.IsChanged, child.IsWritten, child.Below, child.File) = (false, false, null, null);
            Forget(child, contents);
        }
    }

    private IndexedNode Add(IndexedNode parent, ReadOnlySpan<byte> name, FileFacts facts, LinkedFile? file)
    {
        var node = new IndexedNode(parent, name.ToArray(), facts) { IsChanged = true, File = file };
        if (file is not null)
        {
            file.Names++;
        }

        if (removed is { Count: > 0 } && removed.Remove(PathOf(node), out var below))
        {
            node.Below = below;
        }

        parent.Add(node);
        TellAbove(node);
        return node;
    }

    private static void TellAbove(IndexedNode node)
    {
        for (var above = node.Parent; above is { HasChanges: false }; above = above.Parent)
        {
            above.HasChanges = true;
        }
    }

    /// <summary>The path of a name below the root.</summary>
    public static byte[] PathOf(IndexedNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var length = -1;
        for (var each = node; each.Parent is not null; each = each.Parent)
        {
            length += each.Name.Length + 1;
        }

        var path = new byte[Math.Max(0, length)];
        for (var (each, end) = (node, path.Length); each.Parent is not null; each = each.Parent)
        {
            each.Name.CopyTo(path.AsSpan(end - each.Name.Length));
            end -= each.Name.Length;
            if (end > 0)
            {
                path[--end] = (byte)'/';
            }
        }

        return path;
    }
}
