using Builder.Oci;

namespace Builder.Graph.Operations;

/// <summary>
/// Copies files onto a root file system (COPY, ADD). Input 0 is the root; the others are what the sources are read
/// from: files of a <see cref="ContextOperation"/> become root's own, those of any other input keep their owner.
/// </summary>
/// <param name="Destination">Absolute and clean, without a trailing slash; links in it are yet to be followed.</param>
/// <param name="DestinationIsDirectory">It was written with a trailing <c>/</c> or <c>/.</c>: a file goes into it.</param>
public sealed record CopyOperation(string Destination, bool DestinationIsDirectory) : Operation
{
    /// <summary>Copied in this order, before <see cref="Files"/>.</summary>
    public IReadOnlyList<CopySource> Sources { get; init; } = [];

    /// <summary>Files whose content is in the Dockerfile (here-documents); mode 0644, owned by root.</summary>
    public IReadOnlyList<InlineFile> Files { get; init; } = [];

    /// <summary><c>user[:group]</c> for everything that is made, see <see cref="OwnerSpec"/>; null to keep owners.</summary>
    public string? Chown { get; init; }

    /// <summary>Octal or symbolic, see <see cref="ModeChange"/>; null to keep modes.</summary>
    public string? Chmod { get; init; }

    /// <summary>Whether each source keeps its directories below the destination (<c>--parents</c>).</summary>
    public bool Parents { get; init; }

    /// <summary>Patterns in the syntax of ignore files, against the paths below each source.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>The time of what no source stands for: missing parents, here-documents; null for 1970.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    public override string Kind => "copy";

    internal override bool Accepts(int inputs) =>
        inputs == 1 + Sources.Select(source => source.Input).DefaultIfEmpty(0).Max() && Sources.All(source => source.Input > 0);

    internal override void Describe(KeyWriter key)
    {
        key.Add("destination", Destination);
        key.Add("destination is directory", DestinationIsDirectory);
        key.Add("sources", Sources.Count);
        foreach (var source in Sources)
        {
            key.Add("source input", source.Input);
            key.Add("source", source.Path);
            key.Add("source is pattern", source.IsPattern);
            key.Add("unpack", source.Unpack);
        }

        key.Add("files", Files.Count);
        foreach (var file in Files)
        {
            key.Add("file", file.Name);
            key.Add("file content", Digest.OfText(file.Content).ToString());
        }

        key.Add("chown", Chown);
        key.Add("chmod", Chmod);
        key.Add("parents", Parents);
        key.Add("exclude", Excludes);
        key.Add("source date", SourceDateEpoch?.ToUnixTimeSeconds());
    }
}

/// <summary>One source of a copy.</summary>
/// <param name="Input">Which input of the vertex it is in; at least 1.</param>
/// <param name="Path">Absolute and clean below the input's root; with parents it may hold the pivot <c>/./</c>.</param>
/// <param name="IsPattern">Whether the path is to be matched (<see cref="Dockerfile.Ignore.Glob"/>), and may match nothing.</param>
/// <param name="Unpack">Whether a file that is a tar archive, compressed or not, is extracted instead of copied.</param>
public sealed record CopySource(int Input, string Path, bool IsPattern = false, bool Unpack = false);

/// <summary>A file given by its text, in UTF-8.</summary>
public sealed record InlineFile(string Name, string Content);
