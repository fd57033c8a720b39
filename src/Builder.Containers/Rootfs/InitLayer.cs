namespace Builder.Containers;

/// <summary>
/// The stubs that mounts need and a root file system lacks, as one more overlay layer on top of the lower ones.
/// </summary>
public static class InitLayer
{
    /// <summary>What the mounts of <paramref name="spec"/> and the kernel's file systems are put on.</summary>
    public static IReadOnlyList<MountStub> StubsFor(ContainerSpec spec) => throw new PlatformNotSupportedException();

    /// <summary>
    /// Fills <paramref name="directory"/>, which is empty, with the stubs that are missing in the merged view of
    /// <paramref name="layers"/>. False when none is: then the layer is not needed.
    /// </summary>
    /// <param name="layers">The directories of the view, top-most first.</param>
    public static bool Create(string directory, IReadOnlyList<string> layers, IReadOnlyList<MountStub> stubs) => throw new PlatformNotSupportedException();
}
