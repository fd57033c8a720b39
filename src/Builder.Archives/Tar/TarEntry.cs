namespace Builder.Archives.Tar;

/// <summary>What an entry makes on disk.</summary>
public enum TarEntryKind
{
    File,
    HardLink,
    SymbolicLink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,
}

/// <summary>
/// One member of a tar archive, without its content. Names are the archive's bytes, as file names on Linux are: they may
/// be absolute, hold <c>..</c>, or be no UTF-8; whoever turns them into paths must resolve them inside a root.
/// </summary>
public sealed record TarEntry
{
    /// <summary>The name without NUL; a directory's is without the <c>/</c> at its end, which the format adds.</summary>
    public required ReadOnlyMemory<byte> Name { get; init; }

    public required TarEntryKind Kind { get; init; }

    /// <summary>Permission, set-id and sticky bits only: <c>07777</c>.</summary>
    public uint Mode { get; init; }

    public long UserId { get; init; }

    public long GroupId { get; init; }

    /// <summary>The content's length in bytes, holes of a sparse file included; 0 for all but files.</summary>
    public long Size { get; init; }

    /// <summary>Seconds since 1970, negative before.</summary>
    public long ModifiedSeconds { get; init; }

    /// <summary>0 to 999,999,999, counted upwards from <see cref="ModifiedSeconds"/>. Read only: layers carry whole seconds.</summary>
    public int ModifiedNanoseconds { get; init; }

    /// <summary>A symbolic link's text, or the archive name that a hard link stands for; empty for the others.</summary>
    public ReadOnlyMemory<byte> LinkName { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public IReadOnlyList<TarXattr> Xattrs { get; init; } = [];
}

/// <summary>An extended attribute; its name with the namespace (<c>security.capability</c>), its value any bytes.</summary>
public readonly record struct TarXattr(ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value);
