using Builder.Archives;
using Builder.Oci;
using Builder.Storage.Content;

namespace Builder.Storage.Layers;

/// <summary>A blob on its way in: what is read of it is also stored, so that one pass over the network serves both.</summary>
internal sealed class StoringStream(Stream source, BlobWriter writer, Descriptor blob) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = source.Read(buffer);
        writer.Write(buffer[..count]);
        return count;
    }

    /// <summary>Stores the blob, all of which must have been read, if it is the one that was expected.</summary>
    internal void Commit() => writer.Commit(blob.Digest, blob.Size);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            writer.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>Tells how much of a layer's blob has been read, at most once a megabyte.</summary>
internal sealed class ProgressStream(Stream source, Descriptor layer, Action<LayerProgress>? progress) : ReadOnlyStream
{
    private const int Step = 1024 * 1024;
    private long count;
    private long told;

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        count += read;
        if (progress is not null && (count - told >= Step || (read == 0 && told < count)))
        {
            told = count;
            progress(new LayerProgress(layer, LayerStage.Unpacking, count));
        }

        return read;
    }
}
