using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Storage.Layers.Indexing;

namespace Builder.Engine.Copying;

/// <summary>Paths in a tree of which only the headers are known, below one directory of it that is the root of all links.</summary>
internal sealed class LayerPaths(IndexedTree tree, IndexedNode root)
{
    public IndexedTree Tree { get; } = tree;

    public IndexedNode Root { get; } = root;

    /// <summary>As <see cref="LinkResolver.Resolve(RootDirectory, ReadOnlySpan{byte})"/>.</summary>
    public byte[] Resolve(ReadOnlySpan<byte> path) =>
        LinkResolver.Resolve(candidate => Find(candidate) is { Facts: { Type: FileType.SymbolicLink } facts } ? facts.LinkTarget.ToArray() : null, path);

    /// <summary>What is at a path without links; null for nothing.</summary>
    public IndexedNode? Find(ReadOnlySpan<byte> path)
    {
        var node = Root;
        foreach (var range in path.Split((byte)'/'))
        {
            if (path[range].IsEmpty)
            {
                continue;
            }

            if (node.Find(path[range]) is not { } child)
            {
                return null;
            }

            node = child;
        }

        return node;
    }

    /// <summary>The directory at a path without links, made with those above it where it is missing.</summary>
    /// <param name="facts">What each of the missing ones is like.</param>
    /// <param name="refuse">Makes the error for a path that is no directory.</param>
    public IndexedNode EnsureDirectory(ReadOnlySpan<byte> path, FileFacts facts, Func<byte[], Exception> refuse)
    {
        var node = Root;
        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (name.IsEmpty)
            {
                continue;
            }

            node = node.Find(name) ?? Tree.Add(node, name, facts);
            if (!node.Facts.IsDirectory)
            {
                throw refuse(path[..range.End].ToArray());
            }
        }

        return node;
    }
}
