using System.Text;
using Builder.Archives.Compression;
using Builder.Archives.Images;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Images;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;

namespace Builder.Engine.Exporters;

/// <summary>Puts a finished image where the user wants it.</summary>
/// <param name="stdout">Opens standard output, for outputs to <c>-</c>.</param>
internal sealed class ImageExporter(BuilderStore store, BaseImages bases, Func<Stream> stdout)
{
    /// <returns>The image's manifest as it left.</returns>
    public async Task<Descriptor> ExportAsync(ImageSet set, IReadOnlyList<ImageReference> names, OutputSpec output, CancellationToken cancellationToken)
    {
        var manifest = set.Target;
        switch (output.Kind)
        {
            case OutputKind.Image when output.Push:
                // Layers are compressed on their way out, not here; those of a base in a registry need not even pass here.
                foreach (var image in set.Images.Where(image => output.IsKept || image.Base?.Name is null))
                {
                    await FetchBaseAsync(image, cancellationToken);
                }

                if (output.IsKept)
                {
                    Keep(manifest, output.Name is { } called ? [.. names, ImageReference.Parse(called)] : names, cancellationToken);
                }

                break;
            case OutputKind.Image:
                manifest = await ConvertAsync(set, output, cancellationToken);
                Keep(manifest, output.Name is { } name ? [.. names, ImageReference.Parse(name)] : names, cancellationToken);
                break;
            case OutputKind.Docker or OutputKind.Oci:
                manifest = await ConvertAsync(set, output, cancellationToken);
                ArchiveImage[] images = [new ArchiveImage(manifest, names)];
                if (!output.IsArchive)
                {
                    LayoutFolderWriter.Write(images, new StoreBlobs(store), output.Destination!, cancellationToken);
                    break;
                }

                var format = output.Kind == OutputKind.Docker ? ImageArchiveFormat.DockerAndOci : ImageArchiveFormat.OciOnly;
                Write(output, stream => ImageArchiveWriter.Write(images, new StoreBlobs(store), stream, new ImageArchiveOptions(format), cancellationToken));
                break;
            case OutputKind.Tar:
                if (set.IsIndex)
                {
                    var trees = set.Images.Select(image => (Encoding.ASCII.GetBytes(FolderOf(image)), (Func<RootDirectory>)(() => store.Snapshots.OpenView(image.Root)))).ToList();
                    Write(output, stream => TreeTar.WriteAll(trees, stream, cancellationToken));
                    break;
                }

                using (var root = store.Snapshots.OpenView(set.Images[0].Root))
                {
                    Write(output, stream => TreeTar.Write(root, stream, cancellationToken));
                }

                break;
            case OutputKind.Local:
                foreach (var image in set.Images)
                {
                    var folder = set.IsIndex ? Path.Combine(output.Destination!, FolderOf(image)) : output.Destination!;
                    CopyFiles(image, folder, cancellationToken);
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output));
        }

        return manifest;
    }

    /// <summary>Where the files of one platform of several are, as BuildKit has it: <c>linux_amd64</c>.</summary>
    private static string FolderOf(BuiltImage image) => image.Platform.ToString().Replace('/', '_');

    private void Keep(Descriptor manifest, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        if (store.WritesLayers)
        {
            new ImageMaterializer(store).Write(manifest, cancellationToken);
        }

        if (names.Count == 0)
        {
            store.Names.Keep(manifest);
        }

        foreach (var name in names)
        {
            store.Names.Set(name, manifest);
        }
    }

    /// <summary>
    /// An image that leaves is whole: its base's layers are there too. Registries and OCI archives are made to be sent, so
    /// their layers are compressed; what stays on the machine is not.
    /// </summary>
    private async Task<Descriptor> ConvertAsync(ImageSet set, OutputSpec output, CancellationToken cancellationToken)
    {
        foreach (var image in set.Images)
        {
            await FetchBaseAsync(image, cancellationToken);
        }

        var form = output.Kind == OutputKind.Oci ? output.Form with { Compression = output.Form.Compression ?? LayerCompression.Gzip } : output.Form;
        return await new ImageConverter(store).ConvertAsync(set.Target, form, cancellationToken);
    }

    private Task FetchBaseAsync(BuiltImage image, CancellationToken cancellationToken) =>
        image.Base is null ? Task.CompletedTask : bases.FetchAllAsync(image.Base, cancellationToken);

    private void Write(OutputSpec output, Action<Stream> write) => OutputFile.Write(output.Destination!, stdout, write);

    /// <summary>The files of the image, merged into the folder as a copy of <c>/</c> would be.</summary>
    private void CopyFiles(BuiltImage image, string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuilderException(EngineErrors.BadOutput, $"the folder {folder} cannot be made", inner: e);
        }

        using var tree = new SourceTree(store.Snapshots.OpenView(image.Root), null, ownedByRoot: false);
        using var root = RootDirectory.Open(folder);
        var copier = new TreeCopier(root, new CopyRules(null, null, default), cancellationToken);
        copier.Copy(tree, SourceSelector.Select(tree, "/", isPattern: false)[0], [], isDirectory: true, []);
        copier.Complete();
    }
}
