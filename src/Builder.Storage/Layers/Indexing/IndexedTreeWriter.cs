using System.Runtime.CompilerServices;
using Builder.Archives;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Storage.Layers.Indexing;

/// <summary>
/// Writes what was put on top of an <see cref="IndexedTree"/> as a layer's tar: the bytes that <see cref="LayerWriter"/> would
/// write of the same changes in files.
/// </summary>
internal sealed class IndexedTreeWriter : IDisposable
{
    private readonly TarWriter tar;
    private readonly TarContent content;
    private readonly long newest;
    private readonly CancellationToken cancellationToken;
    private readonly Stack<IndexedNode> entered = new();
    private readonly Dictionary<LinkedFile, byte[]> firstNames = [];
    private readonly List<LayerIndexEntry> entries = [];
    private int written;

    private IndexedTreeWriter(Stream destination, LayerOptions options, CancellationToken cancellationToken)
    {
        tar = new TarWriter(destination);
        content = new TarContent(tar);
        newest = options.SourceDateEpoch ?? long.MaxValue;
        this.cancellationToken = cancellationToken;
    }

    /// <returns>The layer's size, and its entries.</returns>
    internal static (long Size, IReadOnlyList<LayerIndexEntry> Entries) Write(IndexedTree tree, Stream destination, LayerOptions options, CancellationToken cancellationToken)
    {
        using var writer = new IndexedTreeWriter(destination, options, cancellationToken);
        writer.WalkDirectory(tree.Root);
        writer.tar.Finish();
        return (writer.tar.Length, writer.entries);
    }

    public void Dispose()
    {
        tar.Dispose();
        content.Dispose();
    }

    private void WalkDirectory(IndexedNode directory)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!directory.HasChanges)
        {
            return;
        }

        var changed = directory.Children!.Values.Where(child => child.IsChanged || child.HasChanges).ToArray();
        Array.Sort(changed, static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        foreach (var node in changed)
        {
            if (WhiteoutName.IsReserved(node.Name))
            {
                throw new BuilderException(
                    StorageErrors.ReservedName,
                    $"'/{GuestName.Printable(IndexedTree.PathOf(node))}' cannot be part of a layer: names that begin with '.wh.' mean deleted files there",
                    "remove or rename the file in the same step");
            }
        }

        foreach (var node in changed)
        {
            if (node.Facts.IsDirectory)
            {
                WriteDirectory(node);
            }
            else if (node.File is { Names: > 1 } || node.Below is not { } below || Differs(node.Facts, below))
            {
                WriteFile(node);
            }
        }
    }

    private void WriteDirectory(IndexedNode node)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new BuilderException(StorageErrors.InvalidLayer, "the step left directories nested too deeply for a layer");
        }

        entered.Push(node);
        if (node.IsChanged && (node.Below is not { IsDirectory: true } below || Differs(node.Facts, below)))
        {
            WriteEnteredDirectories();
        }

        WalkDirectory(node);
        entered.Pop();
        written = Math.Min(written, entered.Count);
    }

    private void WriteEnteredDirectories()
    {
        foreach (var directory in entered.Take(entered.Count - written).Reverse().ToArray())
        {
            directory.IsWritten = true;
            Write(Entry(directory, IndexedTree.PathOf(directory), TarEntryKind.Directory));
        }

        written = entered.Count;
    }

    private void WriteFile(IndexedNode node)
    {
        WriteEnteredDirectories();
        node.IsWritten = true;
        var path = IndexedTree.PathOf(node);
        if (node.File is { Names: > 1 } file && !firstNames.TryAdd(file, path))
        {
            Write(Entry(node, path, TarEntryKind.HardLink) with { LinkName = firstNames[file], Xattrs = [] });
            return;
        }

        var facts = node.Facts;
        switch (facts.Type)
        {
            case FileType.Regular:
                Write(Entry(node, path, TarEntryKind.File) with { Size = facts.Size });
                if (facts.Size > 0)
                {
                    WriteContent(facts, path);
                }

                break;
            case FileType.SymbolicLink:
                Write(Entry(node, path, TarEntryKind.SymbolicLink) with { LinkName = facts.LinkTarget });
                break;
            case FileType.Fifo:
                Write(Entry(node, path, TarEntryKind.Fifo));
                break;
            default:
                var kind = facts.Type == FileType.BlockDevice ? TarEntryKind.BlockDevice : TarEntryKind.CharacterDevice;
                Write(Entry(node, path, kind) with { DeviceMajor = facts.DeviceMajor, DeviceMinor = facts.DeviceMinor });
                break;
        }
    }

    private void WriteContent(FileFacts facts, byte[] path)
    {
        content.Expect(facts.Size);
        facts.Content!.CopyTo(content, cancellationToken);
        if (content.Missing != 0)
        {
            throw new FileChangedException(path);
        }
    }

    private TarEntry Entry(IndexedNode node, byte[] path, TarEntryKind kind) => new()
    {
        Name = path,
        Kind = kind,
        Mode = node.Facts.Mode,
        UserId = node.Facts.UserId,
        GroupId = node.Facts.GroupId,
        ModifiedSeconds = Math.Min(node.Facts.Modified, newest),
        Xattrs = node.Facts.Xattrs,
    };

    private void Write(TarEntry entry)
    {
        cancellationToken.ThrowIfCancellationRequested();
        tar.WriteEntry(entry);
        entries.Add(new LayerIndexEntry(entry, tar.Length, null));
    }

    /// <summary>As <see cref="LayerComparison"/> has it: whether the entry would say something that the one below does not.</summary>
    private bool Differs(FileFacts a, FileFacts b)
    {
        if (a.Type != b.Type || a.Mode != b.Mode || a.UserId != b.UserId || a.GroupId != b.GroupId)
        {
            return true;
        }

        if (!a.IsDirectory && (a.Size != b.Size || Math.Min(a.Modified, newest) != Math.Min(b.Modified, newest) || a.DeviceMajor != b.DeviceMajor || a.DeviceMinor != b.DeviceMinor))
        {
            return true;
        }

        return !CarriedXattrs.Same(a.Xattrs, b.Xattrs)
            || !a.LinkTarget.Span.SequenceEqual(b.LinkTarget.Span)
            || (a is { Type: FileType.Regular, Size: > 0 } && !FileContent.Same(a.Content!, b.Content!, cancellationToken));
    }

    /// <summary>The content of the current entry: not one byte more than its header says.</summary>
    private sealed class TarContent(TarWriter tar) : WriteOnlyStream
    {
        public long Missing { get; private set; }

        public void Expect(long size) => Missing = size;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // What follows the end belongs to a file that has grown meanwhile: the count tells.
            if (buffer.Length <= Missing)
            {
                tar.Write(buffer);
            }

            Missing -= buffer.Length;
        }
    }
}

/// <summary>A file was of another size when its layer was written than when it was looked at.</summary>
public sealed class FileChangedException : IOException
{
    internal FileChangedException(ReadOnlySpan<byte> path)
        : base($"/{GuestName.Printable(path)} changed while its layer was written")
    {
    }
}
