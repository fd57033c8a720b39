using System.Security.Cryptography;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry;
using Builder.Registry.Push;

namespace Builder.Engine.Manifests;

/// <summary>A file to attach to an image.</summary>
/// <param name="MediaType">What the file is.</param>
public sealed record ArtifactFile(string Path, string MediaType);

/// <summary>Pushes files as an artifact whose subject is an image: a software bill of materials, a signature, a report.</summary>
public sealed class ArtifactAttacher(RegistryClient registry)
{
    private const string EmptyType = "application/vnd.oci.empty.v1+json";
    private const string Title = "org.opencontainers.image.title";

    /// <summary>Any file, for want of a better word.</summary>
    public const string DefaultType = "application/octet-stream";

    /// <returns>The artifact's manifest.</returns>
    /// <exception cref="BuilderException">A file cannot be read, or the registry refuses it.</exception>
    public async Task<Descriptor> AttachAsync(
        ImageReference subject, string artifactType, IReadOnlyList<ArtifactFile> files, IReadOnlyDictionary<string, string> annotations, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(files);
        var about = await registry.FindAsync(subject, cancellationToken);
        var empty = "{}"u8.ToArray();
        var config = new Descriptor(EmptyType, Digest.Of(empty), empty.Length);
        await registry.PushBlobAsync(subject, BlobSource.Of(config, empty), null, null, cancellationToken);
        var layers = new List<Descriptor>();
        foreach (var file in files)
        {
            var source = new FileSource(Describe(file), file.Path);
            await registry.PushBlobAsync(subject, source, null, null, cancellationToken);
            layers.Add(source.Descriptor);
        }

        var manifest = OciJson.Write(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = artifactType,
            Config = config,
            Layers = layers.Count == 0 ? [config] : layers,
            Subject = about with { Platform = null, Annotations = null, ArtifactType = null },
            Annotations = annotations.Count == 0 ? null : new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal),
        });
        var described = new Descriptor(MediaTypes.OciManifest, Digest.Of(manifest), manifest.Length)
        {
            ArtifactType = artifactType,
            Annotations = annotations.Count == 0 ? null : annotations,
        };
        var reference = subject with { Tag = null, Digest = described.Digest };
        if (!await registry.PutManifestAsync(reference, MediaTypes.OciManifest, manifest, cancellationToken))
        {
            await registry.AddToReferrersTagAsync(subject, about.Digest, described, cancellationToken);
        }

        return described;
    }

    private static Descriptor Describe(ArtifactFile file)
    {
        try
        {
            using var stream = File.OpenRead(file.Path);
            return new Descriptor(file.MediaType, Digest.FromHash(SHA256.HashData(stream)), stream.Length).Annotate(Title, Path.GetFileName(file.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadTransport, $"the file {file.Path} cannot be read", inner: e);
        }
    }

    private sealed class FileSource(Descriptor descriptor, string path) : BlobSource
    {
        public override Descriptor Descriptor => descriptor;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken)
        {
            var stream = File.OpenRead(path);
            stream.Position = offset;
            return Task.FromResult<Stream>(stream);
        }
    }
}
