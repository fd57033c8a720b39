using System.Globalization;
using Builder.Archives.Compression;
using Builder.Diagnostics;

namespace Builder.Engine.Exporters;

/// <summary>The keys of <c>--output</c> that say in which form the image leaves.</summary>
internal sealed class ImageFormParser
{
    private string? compression;
    private int? level;
    private ImageForm form = ImageForm.AsItIs;

    /// <summary>False for a key that is none of these.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadOutput"/>.</exception>
    public bool TryTake(string key, string value)
    {
        switch (key)
        {
            case "compression":
                compression = value;
                return true;
            case "compression-level":
                level = int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new BuilderException(EngineErrors.BadOutput, $"the compression level '{value}' is not a number");
                return true;
            case "force-compression":
                form = form with { ForceCompression = Flag(key, value) };
                return true;
            case "rewrite-timestamp":
                form = form with { RewriteTimestamps = Flag(key, value) };
                return true;
            case "oci-mediatypes":
                form = form with { OciMediaTypes = Flag(key, value) };
                return true;
            default:
                return false;
        }
    }

    public ImageForm Finish()
    {
        if (compression is null && level is null)
        {
            return form;
        }

        var chosen = LayerCompression.TryParse(compression ?? "gzip", level, out var problem)
            ?? throw new BuilderException(
                EngineErrors.BadOutput,
                problem!,
                compression is { } name && Suggestions.Nearest(name, LayerCompression.Names) is { } near ? $"did you mean {near}?" : "it is one of " + string.Join(", ", LayerCompression.Names));
        return form with { Compression = chosen };
    }

    /// <summary>As the exporters of BuildKit read it: a key alone is a yes.</summary>
    internal static bool Flag(string key, string value) => value switch
    {
        "" or "true" or "1" => true,
        "false" or "0" => false,
        _ => throw new BuilderException(EngineErrors.BadOutput, $"'{value}' is no value of {key}", "it is true or false"),
    };
}
