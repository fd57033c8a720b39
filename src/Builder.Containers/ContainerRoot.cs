namespace Builder.Containers;

/// <summary>What becomes <c>/</c>: one of the two records below. All paths are absolute paths of the host.</summary>
public abstract record ContainerRoot
{
    private protected ContainerRoot()
    {
    }
}

/// <summary>
/// An overlay mount, made in the container's own mount namespace, so that nothing is left of it after a crash.
/// </summary>
/// <param name="LowerDirs">At least one, top-most first.</param>
/// <param name="UpperDir">An existing directory that takes the changes.</param>
/// <param name="WorkDir">An existing empty directory on the same file system as <paramref name="UpperDir"/>.</param>
/// <param name="Volatile">
/// Skip all syncing. Right for a build step, whose upper directory is thrown away after a crash; the kernel refuses to
/// mount the same <paramref name="WorkDir"/> a second time.
/// </param>
public sealed record OverlayRoot(IReadOnlyList<string> LowerDirs, string UpperDir, string WorkDir, bool Volatile = true) : ContainerRoot;

/// <summary>A plain directory; changes go straight into it.</summary>
public sealed record DirectoryRoot(string Path) : ContainerRoot;
