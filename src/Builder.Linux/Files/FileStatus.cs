namespace Builder.Linux.Files;

/// <summary>What a directory entry is; the values are the kernel's DT_* (and S_IFMT shifted right by 12).</summary>
public enum FileType
{
    /// <summary>The file system does not say; ask for the <see cref="FileStatus"/>.</summary>
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    SymbolicLink = 10,
    Socket = 12,
}

/// <summary>A moment: seconds since 1970 (may be negative), and nanoseconds 0…999,999,999 after that second.</summary>
public readonly record struct FileTime(long Seconds, int Nanoseconds = 0);

/// <summary>Everything stat(2) knows of a file that matters to an image.</summary>
public readonly record struct FileStatus
{
    public FileType Type { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky (07777); never the type.</summary>
    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    /// <summary>In bytes; for a symbolic link the length of its target.</summary>
    public long Size { get; init; }

    /// <summary>It occupies less than its size: there are holes in it, or the file system compresses it.</summary>
    public bool IsSparse { get; init; }

    public FileTime Modified { get; init; }

    /// <summary>When anything of it changed last, its name and its bytes too; nobody can set it.</summary>
    public FileTime Changed { get; init; }

    /// <summary>Of a device node: which device it stands for.</summary>
    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public ulong Inode { get; init; }

    /// <summary>The file system it is on; with <see cref="Inode"/> the identity of the file.</summary>
    public ulong FileSystem { get; init; }

    /// <summary>How many names it has.</summary>
    public uint Links { get; init; }

    /// <summary>Overlayfs hides a lower name behind a character device 0:0.</summary>
    public bool IsWhiteoutDevice => Type == FileType.CharacterDevice && DeviceMajor == 0 && DeviceMinor == 0;
}

/// <summary>A name in a directory, as bytes, and its type as far as the directory knows.</summary>
public readonly record struct DirectoryItem(byte[] Name, FileType Type);
