using System.Buffers;
using Builder.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Builder.Storage.Layers;

/// <summary>
/// Whether a file that was copied up is worth recording: only if its entry would not be the same as that of the file
/// below. So times count by whole seconds and not for directories, and equal times never stand in for equal content.
/// </summary>
internal static class LayerComparison
{
    private const int BufferSize = 64 * 1024;

    internal static bool Differs(LayerFile file, LayerFile below, CancellationToken cancellationToken)
    {
        var (a, b) = (file.Status, below.Status);
        if (a.Type != b.Type || a.Mode != b.Mode || file.Owner != below.Owner)
        {
            return true;
        }

        if (a.Type != FileType.Directory)
        {
            if (a.Size != b.Size || a.Modified.Seconds != b.Modified.Seconds ||
                a.DeviceMajor != b.DeviceMajor || a.DeviceMinor != b.DeviceMinor)
            {
                return true;
            }
        }

        return !CarriedXattrs.Same(file.Xattrs, below.Xattrs) || a.Type switch
        {
            FileType.SymbolicLink => !file.Directory.ReadLink(file.Name).AsSpan().SequenceEqual(below.Directory.ReadLink(below.Name)),
            FileType.Regular => !SameContent(file, below, cancellationToken),
            _ => false,
        };
    }

    private static bool SameContent(LayerFile file, LayerFile below, CancellationToken cancellationToken)
    {
        if (file.Status.Size == 0)
        {
            return true;
        }

        using var one = file.Directory.OpenFile(file.Name, file.Status);
        using var other = below.Directory.OpenFile(below.Name, below.Status);
        var buffer = ArrayPool<byte>.Shared.Rent(2 * BufferSize);
        try
        {
            for (long offset = 0; offset < file.Status.Size;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var left = buffer.AsSpan(0, ReadFully(one, buffer.AsSpan(0, BufferSize), offset));
                var right = buffer.AsSpan(BufferSize, ReadFully(other, buffer.AsSpan(BufferSize, BufferSize), offset));
                if (left.IsEmpty || !left.SequenceEqual(right))
                {
                    return false;
                }

                offset += left.Length;
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = RandomAccess.Read(file, buffer[filled..], offset + filled);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }
}
