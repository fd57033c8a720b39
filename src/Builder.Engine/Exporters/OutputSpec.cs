using Builder.Diagnostics;

namespace Builder.Engine.Exporters;

public enum OutputKind
{
    /// <summary>The store, under the build's names.</summary>
    Image,

    /// <summary>A tar for <c>docker load</c>, which is an OCI archive too.</summary>
    Docker,

    /// <summary>An OCI archive.</summary>
    Oci,

    /// <summary>The image's files as one tar.</summary>
    Tar,

    /// <summary>The image's files in a folder.</summary>
    Local,
}

/// <summary>One <c>--output</c>.</summary>
/// <param name="Destination">A path; <c>-</c> is standard output; null where the kind needs none.</param>
public sealed record OutputSpec(OutputKind Kind, string? Destination)
{
    /// <summary>How the image's layers and documents are written.</summary>
    public ImageForm Form { get; init; } = ImageForm.AsItIs;

    /// <summary>False for an OCI layout in a folder instead of an archive of one (<c>tar=false</c>).</summary>
    public bool IsArchive { get; init; } = true;

    /// <summary>Whether the image goes to its registries.</summary>
    public bool Push { get; init; }

    /// <summary>Push without a tag (<c>push-by-digest</c>).</summary>
    public bool ByDigest { get; init; }

    /// <summary>Whether the store keeps the image under its names; an image that is only pushed needs none of its base's layers here.</summary>
    public bool IsKept { get; init; } = true;

    /// <summary>What this output calls the image, instead of the names of the build.</summary>
    public string? Name { get; init; }

    /// <summary>The image's documents are made, and that is all.</summary>
    public static readonly OutputSpec Nowhere = new(OutputKind.Image, null) { Push = true, IsKept = false };

    public const string Stdout = "-";
    private const string Registry = "registry";
    private const string WayOut = "write it as type=docker|oci|tar|local|image|registry,dest=PATH, or just as a folder";

    /// <summary><c>type=KIND,dest=PATH</c>; a bare path is a folder, <c>-</c> a tar on standard output.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public static OutputSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            throw new BuilderException(EngineErrors.BadOutput, "the output is empty", WayOut);
        }

        if (!text.Contains('=', StringComparison.Ordinal))
        {
            return text == Stdout ? new OutputSpec(OutputKind.Tar, text) : new OutputSpec(OutputKind.Local, text);
        }

        OutputKind? kind = null;
        string? destination = null;
        var isArchive = true;
        var (push, byDigest, isKept) = (false, false, true);
        string? name = null;
        var form = new ImageFormParser();
        foreach (var field in text.Split(','))
        {
            var (key, value) = field.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
                ? (field[..equals].Trim(), field[(equals + 1)..].Trim())
                : (field.Trim(), "");
            switch (key)
            {
                case "type":
                    kind = ParseKind(value);
                    (push, isKept) = value == Registry ? (true, false) : (push, isKept);
                    break;
                case "push":
                    push = ImageFormParser.Flag(key, value);
                    break;
                case "push-by-digest":
                    byDigest = ImageFormParser.Flag(key, value);
                    break;
                case "store":
                    isKept = ImageFormParser.Flag(key, value);
                    break;
                case "name":
                    name = value;
                    break;
                case "dest":
                    destination = value;
                    break;
                case "tar":
                    isArchive = ImageFormParser.Flag(key, value);
                    break;
                default:
                    if (form.TryTake(key, value))
                    {
                        break;
                    }

                    throw new BuilderException(EngineErrors.BadOutput, $"unknown key '{key}' in the output '{text}'", WayOut);
            }
        }

        var output = Where(text, kind, destination) with { Form = form.Finish(), IsArchive = isArchive, Push = push, ByDigest = byDigest, IsKept = isKept, Name = name };
        return output switch
        {
            { Kind: not OutputKind.Image } when push || byDigest || !isKept || name is not null =>
                throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' goes to no registry: push, push-by-digest, store and name are for type=image", WayOut),
            { Push: false, IsKept: false } => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' neither keeps the image nor pushes it", WayOut),
            { IsArchive: false, Kind: not OutputKind.Oci } => throw new BuilderException(EngineErrors.BadOutput, $"tar=false in the output '{text}' is for type=oci", WayOut),
            { IsArchive: false, Destination: Stdout } => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' needs a folder: dest=PATH", WayOut),
            { Kind: OutputKind.Tar or OutputKind.Local, Form: var files } when files != ImageForm.AsItIs =>
                throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' is of files, not of an image: it has no compression, media types or layers", WayOut),
            _ => output,
        };
    }

    private static OutputSpec Where(string text, OutputKind? kind, string? destination) => (kind, destination) switch
    {
        (null, _) => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' has no type", WayOut),
        (OutputKind.Image, _) => new OutputSpec(OutputKind.Image, null),
        (OutputKind.Local, null or "" or Stdout) => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' needs a folder: dest=PATH", WayOut),
        ({ } known, null or "" or "/dev/stdout") => new OutputSpec(known, Stdout),
        ({ } known, var path) => new OutputSpec(known, path),
    };

    private static OutputKind ParseKind(string text) => text switch
    {
        "image" or Registry => OutputKind.Image,
        "docker" => OutputKind.Docker,
        "oci" => OutputKind.Oci,
        "tar" => OutputKind.Tar,
        "local" => OutputKind.Local,
        _ => throw new BuilderException(
            EngineErrors.BadOutput,
            $"unknown output type '{text}'",
            Suggestions.Nearest(text, ["image", "registry", "docker", "oci", "tar", "local"]) is { } near ? $"did you mean {near}?" : WayOut),
    };
}
