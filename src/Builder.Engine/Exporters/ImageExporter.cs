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
    public async Task ExportAsync(BuiltImage image, IReadOnlyList<ImageReference> names, OutputSpec output, CancellationToken cancellationToken)
    {
        switch (output.Kind)
        {
            case OutputKind.Image:
                await KeepAsync(image, names, cancellationToken);
                break;
            case OutputKind.Docker or OutputKind.Oci:
                await FetchBaseAsync(image, cancellationToken);
                var format = output.Kind == OutputKind.Docker ? ImageArchiveFormat.DockerAndOci : ImageArchiveFormat.OciOnly;
                Write(output, stream => ImageArchiveWriter.Write(
                    [new ArchiveImage(image.Manifest, names)], new StoreBlobs(store), stream, new ImageArchiveOptions(format), cancellationToken));
                break;
            case OutputKind.Tar:
                using (var root = store.Snapshots.OpenView(image.Root))
                {
                    Write(output, stream => TreeTar.Write(root, stream, cancellationToken));
                }

                break;
            case OutputKind.Local:
                CopyFiles(image, output.Destination!, cancellationToken);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(output));
        }
    }

    /// <summary>An image in the store is whole: its base's layers are there too.</summary>
    private async Task KeepAsync(BuiltImage image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        await FetchBaseAsync(image, cancellationToken);
        if (names.Count == 0)
        {
            store.Names.Keep(image.Manifest);
        }

        foreach (var name in names)
        {
            store.Names.Set(name, image.Manifest);
        }
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
        var copier = new TreeCopier(root, new CopyRules(null, null, false, default), cancellationToken);
        copier.Copy(tree, SourceSelector.Select(tree, "/", isPattern: false)[0], [], isDirectory: true, []);
        copier.Complete();
    }
}
