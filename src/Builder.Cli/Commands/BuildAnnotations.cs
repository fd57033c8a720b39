using Builder.Diagnostics;
using Builder.Engine;

namespace Builder.Cli.Commands;

/// <summary><c>--annotation</c> of <c>builder build</c>.</summary>
internal static class BuildAnnotations
{
    /// <summary>Those of one kind among <c>[manifest:|index:]KEY=VALUE</c>; without a kind they are the manifest's.</summary>
    /// <param name="hasIndex">What belongs to an index has no place in an image for one platform.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadAnnotation"/>.</exception>
    public static IReadOnlyDictionary<string, string> Parse(IReadOnlyList<string> texts, string wanted, bool hasIndex)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new BuilderException(EngineErrors.BadAnnotation, $"'{text}' is no annotation", "write it as KEY=VALUE, manifest:KEY=VALUE or index:KEY=VALUE");
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var hasKind = colon > 0 && colon < equals && text[..colon].Split(',').All(kind => IsKind(kind.Split('[')[0]));
            var kinds = hasKind ? text[..colon].Split(',').Select(kind => kind.Split('[')[0]).ToArray() : ["manifest"];
            if (Array.Find(kinds, kind => kind != "manifest" && (kind != "index" || !hasIndex)) is { } misplaced)
            {
                throw new BuilderException(
                    EngineErrors.BadAnnotation,
                    hasIndex ? $"{misplaced} annotations are not supported" : $"{misplaced} annotations are not supported for an image of a single platform",
                    "annotate the manifest, or build for several platforms and annotate the index");
            }

            if (kinds.Contains(wanted))
            {
                annotations[text[(hasKind ? colon + 1 : 0)..equals]] = text[(equals + 1)..];
            }
        }

        return annotations;
    }

    private static bool IsKind(string kind) => kind is "manifest" or "index" or "manifest-descriptor" or "index-descriptor";
}
