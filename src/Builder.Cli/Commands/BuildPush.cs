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

    /// <summary>Pushes what the outputs say, when nothing else is drawn on the terminal any more; the manifest as registries got it last, null when none did.</summary>
    public static async Task<Descriptor?> RunAsync(Session session, BuildRequest request, BuildResult result, bool quiet, CancellationToken cancellationToken)
    {
        Descriptor? pushed = null;
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
            pushed = (await PushCommand.PushAsync(session.Store, session.Registry, push, quiet, report: !quiet, cancellationToken)).Manifest;
        }

        return pushed;
    }
}
