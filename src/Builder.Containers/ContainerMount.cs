namespace Builder.Containers;

/// <summary>One more mount below the root. <paramref name="Target"/> is an absolute path inside it, resolved without ever leaving it.</summary>
public abstract record ContainerMount(string Target);

/// <summary>
/// A directory or a file of the host (never a link that leads to one). With nosuid and nodev; its submounts come along.
/// </summary>
public sealed record BindMount(string Source, string Target, bool ReadOnly) : ContainerMount(Target);

/// <param name="SizeBytes">The most it may hold; null is the kernel's default, half of the memory.</param>
/// <param name="Mode">The permission bits of its root directory.</param>
public sealed record TmpfsMount(string Target, long? SizeBytes = null, int Mode = 0x3ff) : ContainerMount(Target);
