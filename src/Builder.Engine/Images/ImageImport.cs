using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Archives.Tar;
using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>What to make of a tar besides its files.</summary>
public sealed record ImportRequest
{
    /// <summary>Instructions that only say something about the image, as <c>docker import --change</c> takes them.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The comment in the image's history.</summary>
    public string? Message { get; init; }

    public Platform? Platform { get; init; }

    public required DateTimeOffset Created { get; init; }
}

/// <summary>Makes an image of one layer out of a tar of a root file system.</summary>
public sealed class ImageImport(BuilderStore store)
{
    private static readonly string[] Allowed = ["CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"];

    /// <param name="archive">A tar, compressed or not; it becomes the layer byte for byte.</param>
    /// <returns>The image's manifest, which has no name yet, and its id.</returns>
    /// <exception cref="BuilderException">A broken tar, or a change that is none.</exception>
    public async Task<(Descriptor Manifest, Digest Id)> ImportAsync(Stream archive, ImportRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var platform = request.Platform ?? Platform.Host;
        var execution = await ConfigOfAsync(request.Changes, platform, cancellationToken);
        var layer = Store(archive, cancellationToken);
        var config = new ImageConfig
        {
            Created = request.Created,
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            Execution = execution,
            RootFs = new RootFs { DiffIds = [new DiffId(layer.Digest)] },
            History = [new HistoryEntry { Created = request.Created, Comment = request.Message ?? "imported" }],
        };
        var descriptor = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig);
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = descriptor, Layers = [layer] };
        return (store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest) with { Platform = platform }, descriptor.Digest);
    }

    /// <summary>Keeps the tar, if it is one.</summary>
    private Descriptor Store(Stream archive, CancellationToken cancellationToken)
    {
        using var blob = store.Content.CreateWriter();
        using var plain = new KeepingStream(Decompressor.Open(archive), blob);
        using (var tar = new TarReader(plain))
        {
            while (tar.Next() is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        // What follows the end of a tar belongs to its digest.
        var rest = new byte[64 * 1024];
        while (plain.Read(rest) > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var (digest, size) = blob.Commit();
        return new Descriptor(MediaTypes.OciLayer, digest, size);
    }

    private static async Task<ExecutionConfig> ConfigOfAsync(IReadOnlyList<string> changes, Platform platform, CancellationToken cancellationToken)
    {
        if (changes.FirstOrDefault(change => !Allowed.Contains(change.TrimStart().Split(' ', '\t')[0], StringComparer.OrdinalIgnoreCase)) is { } other)
        {
            throw new BuilderException(EngineErrors.NotSupported, $"'{other}' is no change that can be made to an image without building it", "it is one of " + string.Join(", ", Allowed));
        }

        var syntax = DockerfileParser.Parse(new SourceText("--change", "FROM scratch\n" + string.Concat(changes.Select(change => change + "\n"))));
        var plan = await DockerfileCompiler.CompileAsync(syntax, new CompileOptions { TargetPlatform = platform }, new NoImages(), cancellationToken);
        return plan.Image.Config;
    }

    private sealed class KeepingStream(Stream source, Stream copy) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            var count = source.Read(buffer);
            copy.Write(buffer[..count]);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            source.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>Only <c>scratch</c> is ever built upon here.</summary>
    private sealed class NoImages : IImageResolver
    {
        public Task<ResolvedBase> ResolveAsync(ImageReference reference, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("an import has no base image");

        public Task<ResolvedBase> ResolveAsync(LayoutContext layout, Platform platform, SourceSpan? span, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("an import has no base image");
    }
}
