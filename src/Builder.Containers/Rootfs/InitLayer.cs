using Builder.Containers.Launch;
using Builder.Linux.Overlay;

namespace Builder.Containers;

/// <summary>
/// The stubs that mounts need and a root file system lacks, as one more overlay layer on top of the lower ones. That
/// keeps them out of the upper layer, so there is nothing to clean up after the step (and nothing to race with:
/// CVE-2024-23652). The layer is used for one step and never exported; changes are told against the view without it.
/// </summary>
public static class InitLayer
{
    private static readonly string[] KernelDirectories = ["/proc", "/sys", "/dev"];

    /// <summary>
    /// What the mounts of <paramref name="spec"/> and the kernel's file systems are put on. What lies inside a mount that comes
    /// before it is made there at the launch; what a later mount hides is still put on the image first.
    /// </summary>
    public static IReadOnlyList<MountStub> StubsFor(ContainerSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var targets = spec.Mounts.Select(mount => (Path: MountTarget.Check(mount.Target), Kind: KindOf(mount))).ToList();
        return
        [
            .. KernelDirectories.Select(path => new MountStub(path, MountStubKind.Directory)),
            .. targets
                .Where((target, index) => !targets.Take(index).Select(earlier => earlier.Path).Concat(KernelDirectories)
                    .Any(holder => target.Path.StartsWith(holder + "/", StringComparison.Ordinal)))
                .Select(target => new MountStub(target.Path, target.Kind)),
        ];
    }

    /// <summary>
    /// Fills <paramref name="directory"/>, which is empty, with the stubs that are missing in the merged view of
    /// <paramref name="layers"/>. False when none is: then the layer is not needed. A stub whose path leads through a
    /// file is left out; the launch says what is wrong.
    /// </summary>
    /// <param name="layers">The directories of the view, top-most first: of a container that has run before, its upper directory and then the lower ones.</param>
    public static bool Create(string directory, IReadOnlyList<string> layers, IReadOnlyList<MountStub> stubs)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(stubs);
        LayerStub.RepeatRoot(directory, layers[0]);
        var view = new LayeredView([directory, .. layers]);
        var isNeeded = false;
        foreach (var stub in stubs)
        {
            if (view.Resolve(stub.Path) is { Missing.Count: > 0 } path)
            {
                LayerStub.Make(directory, path, stub.Kind == MountStubKind.File);
                isNeeded = true;
            }
        }

        return isNeeded;
    }

    private static MountStubKind KindOf(ContainerMount mount) =>
        mount is BindMount { IsDirectory: false } or LayersMount { IsFile: true } or MemoryFileMount ? MountStubKind.File : MountStubKind.Directory;
}
