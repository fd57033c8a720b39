using System.Buffers;
using Builder.Archives;
using Builder.Oci;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Layers.Indexing;

/// <summary>Where the bytes of a file are that nobody has copied yet.</summary>
public abstract class FileContent
{
    private const int BufferSize = 128 * 1024;

    /// <summary>The digest of the bytes, where somebody has computed it.</summary>
    internal virtual Digest? Known => null;

    /// <summary>Writes the bytes, all of them, to a stream.</summary>
    public abstract void CopyTo(Stream destination, CancellationToken cancellationToken);

    /// <summary>Whether two files have the same bytes.</summary>
    internal static bool Same(FileContent a, FileContent b, CancellationToken cancellationToken) =>
        ReferenceEquals(a, b) || DigestOf(a, cancellationToken) == DigestOf(b, cancellationToken);

    private protected static void Copy(Func<Memory<byte>, long, int> read, Stream destination, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long offset = 0;
            for (int count; (count = read(buffer.AsMemory(0, BufferSize), offset)) > 0; offset += count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                destination.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Digest DigestOf(FileContent content, CancellationToken cancellationToken)
    {
        if (content.Known is { } known)
        {
            return known;
        }

        using var hashing = new HashingStream(Stream.Null);
        content.CopyTo(hashing, cancellationToken);
        return hashing.Finish();
    }
}

/// <summary>Bytes at hand.</summary>
public sealed class MemoryContent(ReadOnlyMemory<byte> bytes) : FileContent
{
    public override void CopyTo(Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(bytes.Span);
    }
}

/// <summary>A part of a file of this machine, or all of it, opened when it is read.</summary>
/// <param name="open">Opens the file; it is closed afterwards.</param>
/// <param name="start">Where in it the content begins.</param>
/// <param name="length">How many bytes it has; null for what is left of the file.</param>
public sealed class HostContent(Func<SafeFileHandle> open, long start = 0, long? length = null) : FileContent
{
    public override void CopyTo(Stream destination, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var file = open();
        Copy((buffer, offset) => RandomAccess.Read(file, Part(buffer, offset).Span, start + offset), destination, cancellationToken);
    }

    private Memory<byte> Part(Memory<byte> buffer, long offset) => length is { } all ? buffer[..(int)Math.Min(buffer.Length, all - offset)] : buffer;
}

/// <summary>A file of a layer of the store.</summary>
/// <param name="offset">Where in the layer's tar its content begins.</param>
/// <param name="known">The digest of the content; null for a layer that was written here, whose entries are plain.</param>
internal sealed class LayerContent(LayerStore layers, DiffId layer, long offset, long size, Digest? known) : FileContent
{
    internal override Digest? Known => known;

    public override void CopyTo(Stream destination, CancellationToken cancellationToken) => layers.CopyFile(layer, offset, size, isPlain: known is null, destination, cancellationToken);
}
