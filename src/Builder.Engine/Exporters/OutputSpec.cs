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
    public const string Stdout = "-";
    private const string WayOut = "write it as type=docker|oci|tar|local|image,dest=PATH, or just as a folder";

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
        foreach (var field in text.Split(','))
        {
            var (key, value) = field.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0
                ? (field[..equals].Trim(), field[(equals + 1)..].Trim())
                : (field.Trim(), "");
            switch (key)
            {
                case "type":
                    kind = ParseKind(value);
                    break;
                case "dest":
                    destination = value;
                    break;
                default:
                    throw new BuilderException(EngineErrors.BadOutput, $"unknown key '{key}' in the output '{text}'", WayOut);
            }
        }

        return (kind, destination) switch
        {
            (null, _) => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' has no type", WayOut),
            (OutputKind.Image, _) => new OutputSpec(OutputKind.Image, null),
            (OutputKind.Local, null or "" or Stdout) => throw new BuilderException(EngineErrors.BadOutput, $"the output '{text}' needs a folder: dest=PATH", WayOut),
            ({ } known, null or "" or "/dev/stdout") => new OutputSpec(known, Stdout),
            ({ } known, var path) => new OutputSpec(known, path),
        };
    }

    private static OutputKind ParseKind(string text) => text switch
    {
        "image" => OutputKind.Image,
        "docker" => OutputKind.Docker,
        "oci" => OutputKind.Oci,
        "tar" => OutputKind.Tar,
        "local" => OutputKind.Local,
        _ => throw new BuilderException(
            EngineErrors.BadOutput,
            $"unknown output type '{text}'",
            Suggestions.Nearest(text, ["image", "docker", "oci", "tar", "local"]) is { } near ? $"did you mean {near}?" : WayOut),
    };
}
