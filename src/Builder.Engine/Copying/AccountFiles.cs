using Builder.Containers;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Storage.Layers.Indexing;
using Microsoft.Win32.SafeHandles;

namespace Builder.Engine.Copying;

/// <summary>Files of a root that say who is who there: read inside the root, regular files only, not without limit.</summary>
internal static class AccountFiles
{
    private const int MaxSize = 10 << 20;

    /// <summary>The reader that <see cref="UserLookup"/> asks.</summary>
    public static Func<string, byte[]?> Reader(RootDirectory root) => path =>
    {
        var bytes = GuestPath.FromText(path);
        if (root.TryStat(bytes) is not { Type: FileType.Regular } status)
        {
            return null;
        }

        using var file = root.OpenFile(bytes);
        return Read(file, status.Size, path);
    };

    /// <param name="path">What it is called in the image, for the message.</param>
    public static byte[] Read(SafeFileHandle file, long size, string path)
    {
        if (size > MaxSize)
        {
            throw TooLong(path, size);
        }

        var content = new byte[size];
        var length = 0;
        for (int count; length < content.Length && (count = RandomAccess.Read(file, content.AsSpan(length), length)) > 0;)
        {
            length += count;
        }

        return content[..length];
    }

    /// <summary>The same of a tree that is not unpacked.</summary>
    public static Func<string, byte[]?> Reader(IndexedTree tree, CancellationToken cancellationToken)
    {
        var paths = new LayerPaths(tree, tree.Root);
        return path =>
        {
            if (paths.Find(paths.Resolve(GuestPath.FromText(path))) is not { Facts: { Type: FileType.Regular } facts })
            {
                return null;
            }

            if (facts.Size > MaxSize)
            {
                throw TooLong(path, facts.Size);
            }

            using var content = new MemoryStream();
            facts.Content?.CopyTo(content, cancellationToken);
            return content.ToArray();
        };
    }

    private static BuilderException TooLong(string path, long size) =>
        new(EngineErrors.UnknownOwner, $"{path} in the image has {size} bytes, more than the {MaxSize} that are read");
}
