using Builder.Containers;
using Builder.Diagnostics;
using Builder.Linux.Files;

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

        if (status.Size > MaxSize)
        {
            throw new BuilderException(EngineErrors.UnknownOwner, $"{path} in the image has {status.Size} bytes, more than the {MaxSize} that are read");
        }

        using var file = root.OpenFile(bytes);
        var content = new byte[status.Size];
        var length = 0;
        for (int count; length < content.Length && (count = RandomAccess.Read(file, content.AsSpan(length), length)) > 0;)
        {
            length += count;
        }

        return content[..length];
    };
}
