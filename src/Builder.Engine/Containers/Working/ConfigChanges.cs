using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Engine.Containers.Working;

/// <summary>What <c>--change</c> does to the parameters of an image: instructions that need no files, as a Dockerfile has them.</summary>
internal static class ConfigChanges
{
    private const string BaseName = "committed";
    private static readonly string[] Allowed = ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    /// <exception cref="BuilderException"><see cref="EngineErrors.NotSupported"/>, or what is wrong with an instruction.</exception>
    public static async Task<ExecutionConfig> ApplyAsync(ExecutionConfig config, IReadOnlyList<string> changes, Platform platform, CancellationToken cancellationToken)
    {
        if (changes.Count == 0)
        {
            return config;
        }

        if (changes.FirstOrDefault(change => !Allowed.Contains(change.TrimStart().Split(' ', '\t')[0], StringComparer.OrdinalIgnoreCase)) is { } other)
        {
            throw new BuilderException(EngineErrors.NotSupported, $"'{other}' is no change that can be made to an image without building it", "it is one of " + string.Join(", ", Allowed));
        }

        var syntax = DockerfileParser.Parse(new SourceText("--change", $"FROM {BaseName}\n" + string.Concat(changes.Select(change => change + "\n"))));

        // Triggers of the image are for builds on top of it, and this is none.
        var resolver = new Resolver(config with { OnBuild = null }, platform);
        var plan = await DockerfileCompiler.CompileAsync(syntax, new CompileOptions { TargetPlatform = platform }, resolver, cancellationToken);
        string[] triggers = [.. config.OnBuild ?? [], .. plan.Image.Config.OnBuild ?? []];
        return plan.Image.Config with { OnBuild = triggers.Length > 0 ? triggers : null };
    }

    private sealed class Resolver(ExecutionConfig config, Platform platform) : IImageResolver
    {
        public Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform wanted, SourceSpan? span, CancellationToken cancellationToken) =>
            Task.FromResult(new ResolvedBase(
                reference,
                Digest.OfText(BaseName),
                new ImageManifest { MediaType = MediaTypes.OciManifest, Config = new Descriptor(MediaTypes.OciConfig, Digest.OfText(BaseName), 1), Layers = [] },
                new ImageConfig { Architecture = platform.Architecture, Os = platform.Os, Variant = platform.Variant, Execution = config, RootFs = new RootFs() }));

        public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform wanted, SourceSpan? span, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("a change names no layout");
    }
}
