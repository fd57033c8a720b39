using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Engine;
using Builder.Engine.Exporters;
using Builder.Engine.Pushing;
using Builder.Oci;

namespace Builder.Cli.Commands;

/// <summary>The part of <c>builder build</c> that ends in a registry.</summary>
internal static class BuildPush
{
    /// <summary><c>--push</c> is an output of its own, or what becomes of the image outputs that there are.</summary>
    public static IReadOnlyList<OutputSpec> Outputs(IReadOnlyList<OutputSpec> outputs, bool push, bool isNamed)
    {
        IReadOnlyList<OutputSpec> all = !push ? outputs
            : outputs.Any(output => output.Kind == OutputKind.Image) ? [.. outputs.Select(output => output.Kind == OutputKind.Image ? output with { Push = true } : output)]
            : [.. outputs, OutputSpec.Parse("type=registry")];
        return all.Any(output => output is { Push: true, Name: null }) && !isNamed
            ? throw new BuilderException(CliErrors.Usage, "tag is needed when pushing to registry", "name the image with -t, as registry/name:tag")
            : all;
    }

    /// <summary>Pushes what the outputs say, when nothing else is drawn on the terminal any more.</summary>
    public static async Task RunAsync(Session session, BuildRequest request, BuildResult result, bool quiet, CancellationToken cancellationToken)
    {
        foreach (var (output, manifest) in request.Outputs.Zip(result.Exported).Where(pair => pair.First.Push))
        {
            IReadOnlyList<ImageReference> names = output.Name is { } name ? [.. name.Split(',').Select(ImageReference.Parse)] : request.Names;
            var push = new PushRequest(manifest with { Platform = null }, names)
            {
                Compression = output.Form.Compression ?? LayerCompression.Gzip,
                ForceCompression = output.Form.ForceCompression,
                Format = output.Form.OciMediaTypes ? PushFormat.AsIs : PushFormat.Docker,
                ByDigest = output.ByDigest,
            };
            await PushCommand.PushAsync(session.Store, session.Registry, push, quiet, report: !quiet, cancellationToken);
        }
    }

    /// <summary><c>[manifest:]KEY=VALUE</c>. What belongs to an index has no place in an image for one platform.</summary>
    public static IReadOnlyDictionary<string, string> Annotations(IReadOnlyList<string> texts)
    {
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new BuilderException(EngineErrors.BadAnnotation, $"'{text}' is no annotation", "write it as KEY=VALUE or manifest:KEY=VALUE");
            }

            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var hasKind = colon > 0 && colon < equals && text[..colon].Split(',').All(kind => IsKind(kind.Split('[')[0]));
            foreach (var kind in hasKind ? text[..colon].Split(',') : ["manifest"])
            {
                if (kind.Split('[')[0] != "manifest")
                {
                    throw new BuilderException(
                        EngineErrors.BadAnnotation, $"{kind} annotations are not supported for an image of a single platform", "annotate the manifest, or make an index with 'builder manifest create --annotation'");
                }
            }

            annotations[text[(hasKind ? colon + 1 : 0)..equals]] = text[(equals + 1)..];
        }

        return annotations;
    }

    private static bool IsKind(string kind) => kind is "manifest" or "index" or "manifest-descriptor" or "index-descriptor";
}
