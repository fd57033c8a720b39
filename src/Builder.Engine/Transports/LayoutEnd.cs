using System.Security.Cryptography;
using Builder.Archives.Images;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Registry.Push;

namespace Builder.Engine.Transports;

/// <summary>An image of an OCI layout in a folder.</summary>
/// <param name="name">A tag, a full name or a digest; null for the only image.</param>
public sealed class LayoutSource(string folder, string? name) : IImageSource
{
    private const int MaxDepth = 3;
    private readonly LayoutFolder layout = new(folder);

    public ImageReference? Repository => null;

    public Task<Descriptor> ResolveAsync(Platform? platform, CancellationToken cancellationToken)
    {
        var found = layout.FindRoot(name);
        for (var depth = 0; platform is not null && MediaTypes.IsIndex(found.MediaType) && depth < MaxDepth; depth++)
        {
            found = OciJson.ReadIndex(layout.ReadDocument(found)).Choose(platform)
                ?? throw new BuilderException(EngineErrors.BadTransport, $"no match for platform in manifest: the OCI layout {folder} has nothing for {platform}");
        }

        return Task.FromResult(found with { Platform = null, Annotations = null });
    }

    public Task<byte[]> ReadAsync(Descriptor document, CancellationToken cancellationToken) => Task.FromResult(layout.ReadDocument(document));

    public BlobSource Blob(Descriptor blob) => new LayoutBlob(layout, blob);

    public Task<IReadOnlyList<Descriptor>> ReferrersAsync(Descriptor subject, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Descriptor>>([.. layout.Entries()
            .Where(entry => MediaTypes.IsManifest(entry.MediaType) && OciJson.ReadManifest(layout.ReadDocument(entry)).Subject?.Digest == subject.Digest)
            .Select(entry => entry with { Annotations = null })]);

    private sealed class LayoutBlob(LayoutFolder layout, Descriptor blob) : BlobSource
    {
        public override Descriptor Descriptor => blob;

        public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken)
        {
            var stream = layout.OpenBlob(blob);
            stream.Position = offset;
            return Task.FromResult<Stream>(stream);
        }
    }
}

/// <summary>An OCI layout in a folder: made when it is not there, added to when it is.</summary>
/// <param name="name">What the image is called there; the image of that name gives it up.</param>
public sealed class LayoutTarget(string folder, string? name) : IImageTarget
{
    private readonly List<Descriptor> unlisted = [];

    // A layout may be sparse: each piece is looked at.
    public Task<bool> HasAsync(Descriptor document, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task<PushedBlob> PutBlobAsync(BlobSource blob, ImageReference? mountFrom, Action<long>? progress, CancellationToken cancellationToken)
    {
        var wanted = blob.Descriptor ?? throw new InvalidOperationException("a copied blob has a digest");
        var path = PathOf(wanted.Digest);
        if (new FileInfo(path) is { Exists: true } there && there.Length == wanted.Size)
        {
            return new PushedBlob(wanted, BlobFate.Existed, 0);
        }

        await using var source = await blob.OpenAsync(0, cancellationToken);
        await using var counted = new CountingStream(source, progress);
        var draft = Prepare(path);
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            await using (var file = File.Create(draft))
            {
                var buffer = new byte[128 * 1024];
                for (int read; (read = await counted.ReadAsync(buffer, cancellationToken)) > 0;)
                {
                    hash.AppendData(buffer, 0, read);
                    file.Write(buffer, 0, read);
                }
            }

            Require(wanted, Digest.FromHash(hash.GetCurrentHash()), new FileInfo(draft).Length);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }

        return new PushedBlob(wanted, BlobFate.Sent, wanted.Size);
    }

    public Task<bool> PutDocumentAsync(Descriptor document, byte[] content, bool isRoot, CancellationToken cancellationToken)
    {
        var path = PathOf(document.Digest);
        var isNew = !File.Exists(path);
        if (isNew)
        {
            Write(path, content);
        }

        if (!isRoot && MediaTypes.IsManifest(document.MediaType) && OciJson.ReadManifest(content).Subject is not null)
        {
            unlisted.Add(document);
        }

        return Task.FromResult(isNew);
    }

    /// <summary>The index comes last: until then the layout has what it had before.</summary>
    public Task CompleteAsync(Descriptor root, CancellationToken cancellationToken)
    {
        Write(Path.Combine(folder, OciLayout.FileName), OciJson.Write(OciLayout.Current));
        var path = Path.Combine(folder, OciLayout.IndexFileName);
        var before = File.Exists(path) ? OciJson.ReadIndex(File.ReadAllBytes(path)) : new ImageIndex { MediaType = MediaTypes.OciIndex };
        var entry = name is null ? root : root.Annotate(AnnotationKeys.RefName, name);
        var kept = before.Manifests
            .Where(other => name is null ? other.Digest != root.Digest || other.Annotation(AnnotationKeys.RefName) is not null : other.Annotation(AnnotationKeys.RefName) != name)
            .Where(other => unlisted.All(referrer => referrer.Digest != other.Digest));
        Write(path, OciJson.Write(before with { Manifests = [.. kept, entry, .. unlisted] }));
        return Task.CompletedTask;
    }

    private static void Require(Descriptor wanted, Digest actual, long size)
    {
        if (wanted.Digest != actual || wanted.Size != size)
        {
            throw new BuilderException(EngineErrors.BadTransport, $"{wanted.Digest} came out as {actual} with {size} bytes", "the source is damaged");
        }
    }

    private string PathOf(Digest digest) => Path.Combine(folder, OciLayout.BlobPath(digest));

    private static string Prepare(string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return path + ".unfinished";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the layout at {path} cannot be written", inner: e);
        }
    }

    private static void Write(string path, byte[] content)
    {
        var draft = Prepare(path);
        File.WriteAllBytes(draft, content);
        File.Move(draft, path, overwrite: true);
    }
}
