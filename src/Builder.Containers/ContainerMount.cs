namespace Builder.Containers;

/// <summary>One more mount below the root. <paramref name="Target"/> is an absolute path inside it, resolved without ever leaving it.</summary>
public abstract record ContainerMount(string Target);

/// <summary>A directory or a file of the host, with nosuid and nodev; its submounts come along.</summary>
/// <param name="Source">Absolute path; links in it are followed.</param>
public sealed record BindMount(string Source, string Target, bool ReadOnly) : ContainerMount(Target)
{
    /// <summary>
    /// The source itself, as an open descriptor (O_PATH will do) that the caller owns. Needed wherever a stranger
    /// could put a link into the path, as in another stage or a shared cache (CVE-2024-1753, CVE-2024-23651);
    /// <see cref="Source"/> is then only for messages.
    /// </summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? SourceHandle { get; init; }

    internal bool IsDirectory => Directory.Exists(SourceHandle is { } handle ? $"/proc/self/fd/{handle.DangerousGetHandle()}" : Source);
}

/// <param name="SizeBytes">The most it may hold; null is the kernel's default, half of the memory.</param>
/// <param name="Mode">The permission bits of its root directory.</param>
public sealed record TmpfsMount(string Target, long? SizeBytes = null, int Mode = 0x3ff) : ContainerMount(Target)
{
    public bool ReadOnly { get; init; }
}

/// <summary>A directory or a file of a stack of folders, the top-most first; links in the path do not lead out of the stack.</summary>
/// <param name="Source">Absolute path in the stack.</param>
public sealed record LayersMount(IReadOnlyList<string> LowerDirs, string Source, string Target) : ContainerMount(Target)
{
    /// <summary>Whether the source is anything but a directory.</summary>
    public bool IsFile { get; init; }

    /// <summary>Takes what is written; null for a read-only mount. A folder of the caller's, as the work folder is.</summary>
    public string? UpperDir { get; init; }

    public string? WorkDir { get; init; }
}

/// <summary>
/// A read-only file that is nowhere but in memory, for secrets: it is in no folder of the host, not even for a moment.
/// </summary>
public sealed record MemoryFileMount(ReadOnlyMemory<byte> Content, string Target) : ContainerMount(Target)
{
    public uint Mode { get; init; } = 0x100;

    public uint Uid { get; init; }

    public uint Gid { get; init; }
}
