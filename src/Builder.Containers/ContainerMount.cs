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
public sealed record TmpfsMount(string Target, long? SizeBytes = null, int Mode = 0x3ff) : ContainerMount(Target);
