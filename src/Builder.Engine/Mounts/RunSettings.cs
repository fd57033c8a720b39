using Builder.Containers;
using Builder.Engine.Failures;
using Builder.Engine.Options;

namespace Builder.Engine.Mounts;

/// <summary>What the user says about every RUN of a build; nothing of it is in a cache key.</summary>
internal sealed record RunSettings
{
    /// <summary>The walls of the containers.</summary>
    public IsolationSettings Isolation { get; init; } = IsolationSettings.Default;

    public Entitlements Allowed { get; init; } = Entitlements.None;

    /// <summary>Told of a step that failed, with the files that it left; null when nobody wants them.</summary>
    public Action<FailedStep>? Failed { get; init; }

    /// <summary>Folders of the user's that take the place of caches, by cache id.</summary>
    public IReadOnlyDictionary<string, string> CachePlaces { get; init; } = new Dictionary<string, string>();
}
