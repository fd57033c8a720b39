using System.Buffers;
using System.Buffers.Binary;
using Builder.Archives.Compression;

namespace Builder.Archives.Estargz;

/// <summary>
/// Writes gzip members one after the other, each compressed by itself on any processor, and tells where each begins. The
/// output is the same whatever the number of threads.
/// </summary>
internal sealed class GzipMembers(Stream destination, int level, int parallelism) : IDisposable
{
    private readonly Queue<(Task<GzipChunk> Compressing, Action<long>? Placed)> underway = new();
    private readonly ArrayBufferWriter<byte> pending = new();
    private Action<long>? pendingPlaced;

    /// <summary>How many bytes have been written.</summary>
    public long Position { get; private set; }

    /// <summary>Adds to the member that is open.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => pending.Write(bytes);

    public int PendingLength => pending.WrittenCount;

    /// <summary>Ends the open member and opens the next.</summary>
    /// <param name="placed">Told the offset of the next member, once that is known.</param>
    public void Cut(Action<long>? placed)
    {
        if (pending.WrittenCount > 0)
        {
            if (underway.Count > parallelism)
            {
                FinishOldest();
            }

            var input = ArrayPool<byte>.Shared.Rent(pending.WrittenCount);
            var length = pending.WrittenCount;
            pending.WrittenSpan.CopyTo(input);
            pending.ResetWrittenCount();
            underway.Enqueue((Task.Run(() => Compress(input, length)), pendingPlaced));
            pendingPlaced = null;
        }

        pendingPlaced += placed;
    }

    /// <summary>Writes all members that have been cut.</summary>
    public void Finish()
    {
        Cut(null);
        while (underway.Count > 0)
        {
            FinishOldest();
        }
    }

    public void Dispose()
    {
        while (underway.TryDequeue(out var item))
        {
            item.Compressing.ContinueWith(static task => task.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    private GzipChunk Compress(byte[] input, int length)
    {
        try
        {
            return GzipChunk.Compress(input.AsSpan(0, length), level);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    private void FinishOldest()
    {
        var (compressing, placed) = underway.Dequeue();
        using var chunk = compressing.GetAwaiter().GetResult();
        placed?.Invoke(Position);
        Write([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]);
        Write(chunk.Deflated);
        Span<byte> end = [3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32LittleEndian(end[2..], chunk.Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end[6..], (uint)chunk.InputLength);
        Write(end);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        destination.Write(bytes);
        Position += bytes.Length;
    }
}
