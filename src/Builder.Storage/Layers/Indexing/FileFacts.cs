using Builder.Archives.Tar;
using Builder.Linux.Files;

namespace Builder.Storage.Layers.Indexing;

/// <summary>What a layer says of one file: everything but its name.</summary>
public sealed record FileFacts
{
    /// <summary>The mode that Linux gives every symbolic link.</summary>
    public const uint LinkMode = 0x1ff;

    public required FileType Type { get; init; }

    /// <summary>Permission bits with set-id and sticky.</summary>
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    /// <summary>Whole seconds since 1970, as layers carry them.</summary>
    public long Modified { get; init; }

    /// <summary>Of a regular file, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Of a symbolic link.</summary>
    public ReadOnlyMemory<byte> LinkTarget { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Those that travel in layers, sorted by name.</summary>
    public IReadOnlyList<TarXattr> Xattrs { get; init; } = [];

    /// <summary>Of a regular file that is not empty.</summary>
    public FileContent? Content { get; init; }

    public bool IsDirectory => Type == FileType.Directory;

    /// <summary>The attributes of a file of this machine that a layer carries, in the form in which it does.</summary>
    public static IReadOnlyList<TarXattr> XattrsOf(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        ArgumentNullException.ThrowIfNull(directory);
        var names = directory.ListXattrs(name);
        return names.Count == 0 ? [] : CarriedXattrs.Read(directory, name, names);
    }

    /// <summary>Those of an entry of an archive that unpacking it would set.</summary>
    public static IReadOnlyList<TarXattr> XattrsOf(TarEntry entry, FileType type)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Xattrs.Count == 0 ? [] : CarriedXattrs.Unpacked(entry.Xattrs, type);
    }
}
