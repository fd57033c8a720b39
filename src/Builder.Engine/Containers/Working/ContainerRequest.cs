using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What a user asks for with <c>create</c> or <c>run</c>.</summary>
public sealed record ContainerRequest
{
    /// <summary>Name or id of an image of the store.</summary>
    public required string Image { get; init; }

    /// <summary>Null for a random one.</summary>
    public string? Name { get; init; }

    /// <summary>Replaces the image's CMD when there is anything.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Replaces the image's ENTRYPOINT, and takes its CMD away; an empty text is none.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>Each <c>NAME=value</c>, added to the image's.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string? WorkingDirectory { get; init; }

    public string? User { get; init; }

    public string? StopSignal { get; init; }

    /// <summary>Each port that the image exposes goes to a free one of the machine.</summary>
    public bool PublishesExposed { get; init; }

    public ContainerSettings Settings { get; init; } = new();
}
