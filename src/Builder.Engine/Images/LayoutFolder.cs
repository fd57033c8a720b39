using Builder.Archives.Images;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Linux;
using Builder.Linux.Files;
using Builder.Oci;

namespace Builder.Engine.Images;

/// <summary>An OCI layout in a folder, as other tools write it.</summary>
internal sealed class LayoutFolder(string folder)
{
    private const int MaxIndexDepth = 4;

    /// <summary>The manifest for a platform.</summary>
    /// <param name="reference">A tag or digest; null for the only image.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLayout"/>.</exception>
    public BaseImage Find(string? reference, Platform platform)
    {
        var entry = FindRoot(reference);
        for (var depth = 0; MediaTypes.IsIndex(entry.MediaType) && depth < MaxIndexDepth; depth++)
        {
            var inner = OciJson.ReadIndex(ReadDocument(entry));
            entry = inner.Choose(platform) ?? throw new BuilderException(
                EngineErrors.BadLayout,
                $"no match for platform in manifest: the OCI layout {folder} has nothing for {platform}");
        }

        var manifest = OciJson.ReadManifest(ReadDocument(entry));
        var config = OciJson.ReadConfig(ReadDocument(manifest.Config));
        ImageLaws.Require(manifest, config);
        return new BaseImage(entry, manifest, config, null, (blob, _) => Task.FromResult<Stream>(OpenBlob(blob)));
    }

    /// <summary>Everything that the layout lists.</summary>
    public IReadOnlyList<Descriptor> Entries() => OciJson.ReadIndex(ReadFile(OciLayout.IndexFileName, OciJson.MaxDocumentSize)).Manifests;

    /// <summary>What a tag or digest stands for: a manifest, or an index as it is.</summary>
    /// <param name="reference">Null for the only image.</param>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLayout"/>.</exception>
    public Descriptor FindRoot(string? reference)
    {
        if (!File.Exists(Path.Combine(folder, OciLayout.FileName)))
        {
            throw new BuilderException(EngineErrors.BadLayout, $"{folder} is not an OCI layout: it has no file {OciLayout.FileName}");
        }

        var index = OciJson.ReadIndex(ReadFile(OciLayout.IndexFileName, OciJson.MaxDocumentSize));
        var entry = Digest.TryParse(reference, out var digest)
            ? index.Manifests.FirstOrDefault(candidate => candidate.Digest == digest)
            : LayoutIndex.Find(index, reference);
        if (entry is null)
        {
            throw new BuilderException(
                EngineErrors.BadLayout,
                reference is null ? $"the OCI layout {folder} does not hold exactly one image" : $"the OCI layout {folder} holds no image '{reference}'",
                "it holds: " + string.Join(", ", index.Manifests.Select(candidate => candidate.Annotation(AnnotationKeys.RefName) ?? candidate.Digest.ToString())));
        }

        return entry;
    }

    /// <summary>The file <c>oci-layout</c>.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.BadLayout"/>.</exception>
    public byte[] ReadMarker() => ReadFile(OciLayout.FileName, OciJson.MaxDocumentSize);

    /// <summary>A manifest, index or config, verified.</summary>
    public byte[] ReadDocument(Descriptor descriptor)
    {
        var content = ReadFile(OciLayout.BlobPath(descriptor.Digest), OciJson.MaxDocumentSize);
        return ImageLaws.Violation(descriptor, content) is { } violation
            ? throw new BuilderException(EngineErrors.BadLayout, $"the OCI layout {folder} is damaged: {violation}")
            : content;
    }

    private byte[] ReadFile(string name, int limit)
    {
        try
        {
            using var file = OpenRegular(name);
            if (file.Length > limit)
            {
                throw new BuilderException(EngineErrors.BadLayout, $"{name} in the OCI layout {folder} has {file.Length} bytes, more than the {limit} allowed");
            }

            var content = new byte[file.Length];
            file.ReadExactly(content);
            return content;
        }
        catch (Exception e) when (e is IOException or LinuxException)
        {
            throw new BuilderException(EngineErrors.BadLayout, $"the OCI layout {folder} is not complete: {name} cannot be read", inner: e);
        }
    }

    public FileStream OpenBlob(Descriptor blob) => TryOpenBlob(blob, out var failure)
        ?? throw new BuilderException(EngineErrors.BadLayout, $"the OCI layout {folder} is not complete: blob {blob.Digest} is missing", inner: failure);

    /// <summary>A blob; null, and why, when it is not there. What it holds is not verified.</summary>
    public FileStream? TryOpenBlob(Descriptor blob, out LinuxException? failure)
    {
        try
        {
            failure = null;
            return OpenRegular(OciLayout.BlobPath(blob.Digest));
        }
        catch (LinuxException e)
        {
            failure = e;
            return null;
        }
    }

    /// <summary>Links stay inside the layout, and a fifo or device is not waited for.</summary>
    private FileStream OpenRegular(string name)
    {
        using var root = RootDirectory.Open(folder);
        return new FileStream(root.OpenFile(GuestPath.FromText(name)), FileAccess.Read);
    }
}
