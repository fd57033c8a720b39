using Builder.Archives.Images;
using Builder.Diagnostics;
using Builder.Engine.Exporters;
using Builder.Engine.Images;
using Builder.Oci;
using Builder.Registry;
using Builder.Storage;

namespace Builder.Engine.Transports;

public enum TransportKind
{
    /// <summary><c>docker://registry/name:tag</c>.</summary>
    Registry,

    /// <summary><c>oci:folder[:tag]</c>.</summary>
    Layout,

    /// <summary><c>oci-archive:file[:tag]</c>.</summary>
    OciArchive,

    /// <summary><c>docker-archive:file[:name[:tag]]</c>.</summary>
    DockerArchive,

    /// <summary>The store: a bare name, or <c>containers-storage:name</c>.</summary>
    Store,
}

/// <summary>One end of a copy, as skopeo and buildah write it.</summary>
/// <param name="Path">Of a folder or file; the name for the others.</param>
/// <param name="Name">What the image is called there; null where it is not said.</param>
public sealed record ImageLocation(TransportKind Kind, string Path, string? Name)
{
    private static readonly (string Prefix, TransportKind Kind)[] Prefixes =
    [
        ("docker://", TransportKind.Registry),
        ("docker-image://", TransportKind.Registry),
        ("oci:", TransportKind.Layout),
        ("oci-layout://", TransportKind.Layout),
        ("oci-archive:", TransportKind.OciArchive),
        ("docker-archive:", TransportKind.DockerArchive),
        ("containers-storage:", TransportKind.Store),
        ("store:", TransportKind.Store),
    ];

    /// <exception cref="BuilderException"><see cref="EngineErrors.BadTransport"/>.</exception>
    public static ImageLocation Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (prefix, kind) in Prefixes)
        {
            if (!text.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = text[prefix.Length..];
            if (rest.Length == 0)
            {
                throw new BuilderException(EngineErrors.BadTransport, $"'{text}' names no image");
            }

            var colon = kind is TransportKind.Registry or TransportKind.Store ? -1 : rest.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? new ImageLocation(kind, rest, null) : new ImageLocation(kind, rest[..colon], rest[(colon + 1)..]);
        }

        return text.Contains("://", StringComparison.Ordinal) || text.StartsWith("dir:", StringComparison.Ordinal) || text.StartsWith("docker-daemon:", StringComparison.Ordinal)
            ? throw new BuilderException(EngineErrors.BadTransport, $"'{text}' is of no kind that is known", "write docker://name, oci:folder:tag, oci-archive:file, docker-archive:file:name, or the name of an image of the store")
            : new ImageLocation(TransportKind.Store, text, null);
    }

    public IImageSource OpenSource(BuilderStore store, RegistryClient registry, CancellationToken cancellationToken) => Kind switch
    {
        TransportKind.Registry => new RegistrySource(registry, ImageReference.Parse(Path)),
        TransportKind.Layout => new LayoutSource(Path, Name),
        TransportKind.OciArchive or TransportKind.DockerArchive => ArchiveSource.Open(store, Path, Name, cancellationToken),
        _ => new StoreSource(store, new ImageCatalog(store).Get(Path).Target),
    };

    /// <param name="stdout">For an archive that goes to <c>-</c>.</param>
    public IImageTarget OpenTarget(BuilderStore store, RegistryClient registry, Func<Stream> stdout) => Kind switch
    {
        TransportKind.Registry => new RegistryTarget(registry, ImageReference.Parse(Path), store),
        TransportKind.Layout => new LayoutTarget(Path, Name),
        TransportKind.OciArchive => new ArchiveTarget(store, Path, Name is null ? null : ImageReference.Parse(Name), ImageArchiveFormat.OciOnly, stdout),
        TransportKind.DockerArchive => new ArchiveTarget(store, Path, Name is null ? null : ImageReference.Parse(Name), ImageArchiveFormat.DockerAndOci, stdout),
        _ => new StoreTarget(store, ImageReference.Parse(Path)),
    };
}
