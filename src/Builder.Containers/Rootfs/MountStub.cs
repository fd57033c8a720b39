namespace Builder.Containers;

/// <summary>Something that has to exist in a root file system for a mount to be put on it.</summary>
/// <param name="Path">Absolute, inside the root.</param>
public sealed record MountStub(string Path, MountStubKind Kind);

public enum MountStubKind
{
    Directory,
    File,
}
