namespace Builder.MSBuild.Items;

/// <summary>What a project says about its images, for items that do not say it themselves.</summary>
internal sealed record ProjectDefaults
{
    /// <summary>Absolute; relative paths of items start here.</summary>
    public required string Directory { get; init; }

    /// <summary>Where results are noted, below <c>obj</c>; absolute.</summary>
    public required string Folder { get; init; }

    /// <summary>Absolute.</summary>
    public required string Context { get; init; }

    /// <summary>What an image is called whose item has no tag.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyList<string> Platforms { get; init; } = [];

    public bool Push { get; init; }

    /// <summary>An archive that is written as well; empty for none.</summary>
    public string ArchivePath { get; init; } = "";

    /// <summary><c>docker</c> or <c>oci</c>.</summary>
    public string ArchiveKind { get; init; } = "docker";

    /// <summary><c>NAME=VALUE</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Contexts by their name: the published output, and images of other projects.</summary>
    public IReadOnlyDictionary<string, string> Contexts { get; init; } = new Dictionary<string, string>();

    /// <summary>What those contexts are that are images: an image may change under the same name.</summary>
    public IReadOnlyList<string> Identities { get; init; } = [];
}
