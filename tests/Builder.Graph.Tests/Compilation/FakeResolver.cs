using System.Collections.Concurrent;
using Builder.Diagnostics;
using Builder.Graph.Compilation;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Images that exist only as a config; every name has one unless it is "missing".</summary>
internal sealed class FakeResolver : IImageResolver
{
    public Dictionary<string, ImageConfig> Configs { get; } = [];

    public ConcurrentBag<string> Asked { get; } = [];

    public FakeResolver With(string name, ExecutionConfig config)
    {
        Configs[name] = Config(Platform.Host) with { Execution = config };
        return this;
    }

    public static ImageConfig Config(Platform platform) => new()
    {
        Architecture = platform.Architecture,
        Os = platform.Os,
        Variant = platform.Variant,
        RootFs = new RootFs(),
    };

    public Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken)
    {
        Asked.Add($"{reference.Familiar} {platform}");
        return reference.Path == "library/missing"
            ? throw new BuilderException(new ErrorCode(4001), "no such image")
            : Task.FromResult(Resolved(reference, platform));
    }

    public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
        Task.FromResult(Resolved(ImageReference.Parse("layout:" + layout.Reference), platform) with { LayoutPath = layout.Path });

    private ResolvedBase Resolved(ImageReference reference, Platform platform)
    {
        var config = Configs.GetValueOrDefault(reference.Familiar.Replace(":latest", "", StringComparison.Ordinal)) ?? Config(platform);
        var manifest = new ImageManifest { Config = new Descriptor(MediaTypes.OciConfig, Digest.OfText("config"), 6) };
        return new ResolvedBase(reference, Digest.OfText($"{reference} {platform}"), manifest, config);
    }
}
