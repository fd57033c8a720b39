using Builder.Containers;
using Builder.Engine.Options;

namespace Builder.Engine.Mounts;

/// <summary>What the user says about every RUN of a build; nothing of it is in a cache key.</summary>
internal sealed record RunSettings
{
    public UserNamespaceMode UserNamespace { get; init; }

    public Entitlements Allowed { get; init; } = Entitlements.None;

    /// <summary>The size of /dev/shm in bytes; null for the default.</summary>
    public long? SharedMemorySize { get; init; }

    public IReadOnlyList<ResourceLimit> Limits { get; init; } = [];

    /// <summary>Folders of the user's that take the place of caches, by cache id.</summary>
    public IReadOnlyDictionary<string, string> CachePlaces { get; init; } = new Dictionary<string, string>();
}
