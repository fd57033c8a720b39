using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>Docker's <c>--filter</c> for images: values of one kind are alternatives (labels are not), kinds add up.</summary>
public sealed class ImageFilter
{
    private static readonly string[] Keys = ["dangling", "reference", "label", "before", "since", "until"];
    private readonly List<Func<StoredImage, ImageReference?, bool>> conditions = [];

    /// <param name="texts">Each <c>key=value</c>.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadFilter"/> or <see cref="EngineErrors.NoSuchImage"/>.</exception>
    public static ImageFilter Parse(IEnumerable<string> texts, ImageCatalog catalog, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(catalog);
        var filter = new ImageFilter();
        var patterns = new List<string>();
        foreach (var (key, value) in texts.Select(Split))
        {
            switch (key)
            {
                case "dangling":
                    var wanted = ParseBool(value);
                    filter.conditions.Add((image, _) => image.Names.Count == 0 == wanted);
                    break;
                case "reference":
                    patterns.Add(value);
                    break;
                case "label":
                    var label = LabelCondition(value);
                    filter.conditions.Add((image, _) => label(image.Config));
                    break;
                case "before":
                    var end = catalog.Get(value).Config.Created;
                    filter.conditions.Add((image, _) => image.Config.Created < end);
                    break;
                case "since":
                    var start = catalog.Get(value).Config.Created;
                    filter.conditions.Add((image, _) => image.Config.Created > start);
                    break;
                case "until":
                    var until = Moments.Parse(value, now);
                    filter.conditions.Add((image, _) => image.Config.Created < until);
                    break;
                default:
                    throw Unknown(key, Keys);
            }
        }

        if (patterns.Count > 0)
        {
            filter.conditions.Add((_, name) => name is not null && patterns.Any(pattern => FitsReference(pattern, name)));
        }

        return filter;
    }

    /// <summary>Whether an image, under one of its names or none, is wanted.</summary>
    public bool Fits(StoredImage image, ImageReference? name) => conditions.TrueForAll(condition => condition(image, name));

    public static (string Key, string Value) Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? (text[..equals].Trim(), text[(equals + 1)..])
            : throw new BuilderException(EngineErrors.BadFilter, $"'{text}' is no filter", "write it as KEY=VALUE");
    }

    /// <summary><c>name</c>, or <c>name=value</c>.</summary>
    public static Func<ImageConfig, bool> LabelCondition(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (name, wanted) = equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
        return config => config.Execution?.Labels is { } labels && labels.TryGetValue(name, out var value) && (wanted is null || value == wanted);
    }

    public static BuilderException Unknown(string key, IReadOnlyList<string> known) => new(
        EngineErrors.BadFilter,
        $"unknown filter '{key}'",
        Suggestions.Nearest(key, known) is { } near ? $"did you mean {near}?" : $"it is one of {string.Join(", ", known)}");

    private static bool FitsReference(string pattern, ImageReference name)
    {
        var repository = (name with { Tag = null, Digest = null }).Familiar;
        string[] forms = [repository, name.Familiar, name.ToString(), (name with { Tag = null, Digest = null }).ToString()];
        return forms.Any(form => Glob.Fits(pattern, form));
    }

    private static bool ParseBool(string text) => text switch
    {
        "true" or "1" or "t" or "T" or "TRUE" or "True" => true,
        "false" or "0" or "f" or "F" or "FALSE" or "False" => false,
        _ => throw new BuilderException(EngineErrors.BadFilter, $"'{text}' is neither true nor false"),
    };
}
