using System.Text.Json.Serialization;
using Builder.Oci;

namespace Builder.Storage.Containers;

/// <summary>What a working container is, as it was created (<c>containers/&lt;id&gt;/container.json</c>); only its name and its limits change later.</summary>
public sealed record ContainerRecord
{
    /// <summary>64 hexadecimal digits, random.</summary>
    public required string Id { get; init; }

    /// <summary>Unique in its store.</summary>
    public required string Name { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>The image as the user named it.</summary>
    public required string ImageName { get; init; }

    /// <summary>What is kept for as long as the container is: the image that its name stood for, and the manifest that was chosen.</summary>
    public required Descriptor Image { get; init; }

    public required Descriptor Manifest { get; init; }

    /// <summary>Docker's image id.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>The files below the container's own; null for an image without layers.</summary>
    public string? Snapshot { get; init; }

    /// <summary>There was no overlay when it was created: its folder is a copy of the whole tree.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsWhole { get; init; }

    /// <summary>The image's parameters with what the user has put in their place.</summary>
    public required ExecutionConfig Execution { get; init; }

    public required ContainerSettings Settings { get; init; }

    /// <summary>As tables show it.</summary>
    [JsonIgnore]
    public string ShortId => Id[..12];
}

/// <summary>What is said of a container beside its image's parameters.</summary>
public sealed record ContainerSettings
{
    public bool Tty { get; init; }

    public bool OpenStdin { get; init; }

    /// <summary>It is removed when it has ended.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Its root file system cannot be written.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Without walls: every capability and device that Builder has.</summary>
    public bool Privileged { get; init; }

    /// <summary>Null is the beginning of the id.</summary>
    public string? Hostname { get; init; }

    /// <summary>Null is what the machine's configuration says.</summary>
    public string? Network { get; init; }

    /// <summary>Seconds between the stop signal and the end; null is the default.</summary>
    public int? StopTimeout { get; init; }

    /// <summary>Each <c>SOURCE:TARGET[:OPTIONS]</c>.</summary>
    public IReadOnlyList<string> Volumes { get; init => field = value ?? []; } = [];

    /// <summary>Each <c>[[ADDRESS:]PORT:]PORT[/PROTOCOL]</c>.</summary>
    public IReadOnlyList<string> Publish { get; init => field = value ?? []; } = [];

    /// <summary>Process 1 is Builder's own, which reaps and passes signals on.</summary>
    public bool Init { get; init; }

    /// <summary>Each <c>TARGET[:OPTIONS]</c>.</summary>
    public IReadOnlyList<string> Tmpfs { get; init => field = value ?? []; } = [];

    /// <summary>Each <c>NAME:ADDRESS</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; init => field = value ?? []; } = [];

    /// <summary>What the walls are made of: options of the command line, as the user wrote them (<c>--memory=64m</c>).</summary>
    public IReadOnlyList<string> Isolation { get; init => field = value ?? []; } = [];
}
