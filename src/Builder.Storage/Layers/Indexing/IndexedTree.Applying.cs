using Builder.Archives.Tar;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Storage.Layers.Indexing;

/// <content>Layers put on top of one another by what their indexes say: what <see cref="LayerApplier"/> does with files.</content>
public sealed partial class IndexedTree
{
    private const int MaxLinks = 40;
    private int layer;

    /// <summary>Puts a layer on top.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="StorageErrors.InvalidLayer"/>: what could not be unpacked either.</exception>
    internal void Apply(LayerIndex index, LayerStore layers, DiffId diffId)
    {
        layer++;
        foreach (var indexed in index.Entries)
        {
            var names = EntryPath.Split(indexed.Entry.Name.Span);
            if (names.Count == 0)
            {
                RequireDirectory(indexed.Entry);
                Root.Facts = FactsOf(indexed, layers, diffId);
                continue;
            }

            var name = names[^1];
            names.RemoveAt(names.Count - 1);
            if (names.Exists(parent => WhiteoutName.IsReserved(parent)))
            {
                if (!names.Exists(parent => parent.AsSpan().StartsWith(WhiteoutName.MetadataPrefix)))
                {
                    throw LayerErrors.Invalid(indexed.Entry.Name.Span, "is inside a whiteout");
                }

                continue;
            }

            if (WhiteoutName.IsReserved(name))
            {
                ApplyWhiteout(indexed.Entry, Enter(names, followLinks: true), name);
            }
            else if (indexed.Entry.Kind == TarEntryKind.HardLink)
            {
                ApplyLink(indexed.Entry, names, name);
            }
            else
            {
                Make(Enter(names, followLinks: true), name, FactsOf(indexed, layers, diffId));
            }
        }
    }

    private static void RequireDirectory(TarEntry entry)
    {
        if (entry.Kind != TarEntryKind.Directory)
        {
            throw LayerErrors.Invalid(entry.Name.Span, "would replace the root");
        }
    }

    private void Make(IndexedNode parent, byte[] name, FileFacts facts)
    {
        if (facts.IsDirectory && parent.Find(name) is { Facts.IsDirectory: true } existing)
        {
            existing.Facts = facts;
            existing.Layer = layer;
            return;
        }

        parent.Add(new IndexedNode(parent, name, facts) { Layer = layer });
    }

    private void ApplyLink(TarEntry entry, List<byte[]> parent, byte[] name)
    {
        var target = EntryPath.Split(entry.LinkName.Span);
        if (target.Count == 0)
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a hard link to the root");
        }

        if (Enter(target[..^1], followLinks: false).Find(target[^1]) is not { Facts.IsDirectory: false } found)
        {
            throw LayerErrors.Invalid(entry.Name.Span, $"is a hard link to '{GuestName.Printable(entry.LinkName.Span)}', which is no file of the image");
        }

        var directory = Enter(parent, followLinks: true);
        directory.Add(new IndexedNode(directory, name, found.Facts) { Layer = layer });
    }

    private void ApplyWhiteout(TarEntry entry, IndexedNode parent, byte[] name)
    {
        if (name.AsSpan().SequenceEqual(WhiteoutName.Opaque))
        {
            HideLower(parent);
            return;
        }

        if (name.AsSpan().StartsWith(WhiteoutName.MetadataPrefix))
        {
            return;
        }

        var hidden = name[WhiteoutName.Prefix.Length..];
        if (hidden.Length == 0 || hidden.AsSpan().SequenceEqual("."u8) || hidden.AsSpan().SequenceEqual(".."u8))
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a whiteout of nothing");
        }

        if (parent.Find(hidden) is { } found)
        {
            if (found.Layer != layer)
            {
                parent.Remove(hidden);
            }
            else
            {
                HideLower(found);
            }
        }
    }

    /// <summary>Takes away what lower layers have in a directory and leaves what this one has put there.</summary>
    private void HideLower(IndexedNode directory)
    {
        foreach (var child in directory.Children?.Values.ToArray() ?? [])
        {
            if (child.Layer != layer)
            {
                directory.Remove(child.Name);
            }
            else
            {
                HideLower(child);
            }
        }
    }

    /// <summary>The directory of a path, made where it is missing; links on the way are followed as a process with this root would.</summary>
    private IndexedNode Enter(List<byte[]> path, bool followLinks)
    {
        var node = Root;
        var remaining = new Stack<byte[]>(path.AsEnumerable().Reverse());
        for (var links = 0; remaining.TryPop(out var name);)
        {
            if (name.AsSpan().SequenceEqual(".."u8))
            {
                node = node.Parent ?? node;
                continue;
            }

            var child = node.Find(name);
            if (child is null)
            {
                child = new IndexedNode(node, name, new FileFacts { Type = FileType.Directory, Mode = DefaultMode });
                node.Add(child);
            }
            else if (child.Facts.Type == FileType.SymbolicLink)
            {
                if (!followLinks || ++links > MaxLinks)
                {
                    throw LayerErrors.Invalid(name, followLinks ? "is reached through too many symbolic links" : "is a symbolic link on the way to a hard link's target");
                }

                var target = child.Facts.LinkTarget;
                node = target.Span is [(byte)'/', ..] ? Root : node;
                Push(target.Span, remaining);
                continue;
            }
            else if (!child.Facts.IsDirectory)
            {
                throw LayerErrors.Invalid(name, child.Layer == layer ? "is not a directory, and something is to be put into it" : "is a file of a lower layer where a directory is needed");
            }

            child.Layer = layer;
            node = child;
        }

        return node;
    }

    private static void Push(ReadOnlySpan<byte> target, Stack<byte[]> remaining)
    {
        var components = new List<byte[]>();
        foreach (var range in target.Split((byte)'/'))
        {
            var component = target[range];
            if (!component.IsEmpty && !component.SequenceEqual("."u8))
            {
                components.Add(component.ToArray());
            }
        }

        for (var i = components.Count - 1; i >= 0; i--)
        {
            remaining.Push(components[i]);
        }
    }

    private static FileFacts FactsOf(LayerIndexEntry indexed, LayerStore layers, DiffId diffId)
    {
        var entry = indexed.Entry;
        if (entry.UserId is < 0 or >= uint.MaxValue || entry.GroupId is < 0 or >= uint.MaxValue)
        {
            throw LayerErrors.Invalid(entry.Name.Span, $"belongs to {entry.UserId}:{entry.GroupId}, which are no ids");
        }

        var type = entry.Kind switch
        {
            TarEntryKind.Directory => FileType.Directory,
            TarEntryKind.SymbolicLink => FileType.SymbolicLink,
            TarEntryKind.CharacterDevice => FileType.CharacterDevice,
            TarEntryKind.BlockDevice => FileType.BlockDevice,
            TarEntryKind.Fifo => FileType.Fifo,
            _ => FileType.Regular,
        };
        if (type == FileType.CharacterDevice && entry is { DeviceMajor: 0, DeviceMinor: 0 })
        {
            throw LayerErrors.Invalid(entry.Name.Span, "is a character device 0:0, which would hide a file without saying so");
        }

        return new FileFacts
        {
            Type = type,
            Mode = type == FileType.SymbolicLink ? FileFacts.LinkMode : entry.Mode,
            UserId = (uint)entry.UserId,
            GroupId = (uint)entry.GroupId,
            Modified = entry.ModifiedSeconds,
            Size = entry.Size,
            LinkTarget = type == FileType.SymbolicLink ? entry.LinkName : default,
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
            Xattrs = entry.Xattrs.Count == 0 ? [] : CarriedXattrs.Unpacked(entry.Xattrs, type),
            Content = entry.Size > 0 ? new LayerContent(layers, diffId, indexed.Offset, entry.Size, indexed.Content) : null,
        };
    }
}
