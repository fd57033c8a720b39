using Builder.Engine.Exporters;
using Builder.Storage;

namespace Builder.Engine.Images;

/// <summary>The files of an image as one tar, as <c>docker export</c> writes them.</summary>
public sealed class ImageExport(BuilderStore store)
{
    public async Task WriteAsync(StoredImage image, Func<Action<Stream>, Task> output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var tree = await StoredImageTree.UnpackAsync(store, image, cancellationToken);
        using var root = store.Snapshots.OpenView(tree);
        await output(stream => TreeTar.Write(root, stream, cancellationToken));
    }
}
