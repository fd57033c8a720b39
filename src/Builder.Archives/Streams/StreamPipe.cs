using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Builder.Archives;

/// <summary>
/// Hands bytes from a thread that writes to one that reads, with a bounded number of buffers between them. A failure of the
/// writer comes out at the reader; a reader that gives up stops the writer.
/// </summary>
public sealed class StreamPipe : IDisposable
{
    private const int BufferSize = 128 * 1024;
    private const int MaxBuffers = 8;
    private readonly BlockingCollection<(byte[] Buffer, int Length)> buffers = new(MaxBuffers);
    private readonly CancellationTokenSource abandoned = new();
    private Exception? failure;

    public StreamPipe() => Reader = new ReaderStream(this);

    public Stream Reader { get; }

    /// <summary>Runs <paramref name="write"/> on another thread; what it writes can be read from <see cref="Reader"/>.</summary>
    public Task FillAsync(Action<Stream> write, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            try
            {
                using var writer = new WriterStream(this, cancellationToken);
                write(writer);
                writer.Flush();
            }
            catch (Exception e)
            {
                failure = e;
                throw;
            }
            finally
            {
                buffers.CompleteAdding();
            }
        },
        CancellationToken.None);

    /// <summary>Reads another stream ahead on a thread of its own.</summary>
    public Task FillAsync(Stream source, CancellationToken cancellationToken) => FillAsync(
        writer =>
        {
            var copying = (WriterStream)writer;
            while (copying.TakeFrom(source))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        },
        cancellationToken);

    /// <summary>Nobody will read any more.</summary>
    public void Abandon() => abandoned.Cancel();

    public void Dispose()
    {
        abandoned.Cancel();
        Reader.Dispose();
    }

    private sealed class WriterStream(StreamPipe pipe, CancellationToken cancellationToken) : WriteOnlyStream
    {
        private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pipe.abandoned.Token);
        private byte[]? current;
        private int filled;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                current ??= ArrayPool<byte>.Shared.Rent(BufferSize);
                var count = Math.Min(buffer.Length, BufferSize - filled);
                buffer[..count].CopyTo(current.AsSpan(filled));
                buffer = buffer[count..];
                filled += count;
                if (filled == BufferSize)
                {
                    Flush();
                }
            }
        }

        /// <summary>One buffer's worth of another stream; false at its end.</summary>
        public bool TakeFrom(Stream source)
        {
            current ??= ArrayPool<byte>.Shared.Rent(BufferSize);
            var count = source.Read(current, filled, BufferSize - filled);
            filled += count;
            if (count == 0 || filled == BufferSize)
            {
                Flush();
            }

            return count > 0;
        }

        public override void Flush()
        {
            if (current is not null)
            {
                pipe.buffers.Add((current, filled), stop.Token);
                current = null;
                filled = 0;
            }
        }

        protected override void Dispose(bool disposing)
        {
            stop.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class ReaderStream(StreamPipe pipe) : ReadOnlyStream
    {
        private byte[]? current;
        private int start;
        private int end;

        public override int Read(Span<byte> buffer)
        {
            if (!HasMore())
            {
                return 0;
            }

            var count = Math.Min(buffer.Length, end - start);
            current.AsSpan(start, count).CopyTo(buffer);
            start += count;
            return count;
        }

        /// <summary>Hands over whole buffers, without copying them once more.</summary>
        public override void CopyTo(Stream destination, int bufferSize)
        {
            while (HasMore())
            {
                destination.Write(current.AsSpan(start, end - start));
                start = end;
            }
        }

        protected override void Dispose(bool disposing)
        {
            Return();
            base.Dispose(disposing);
        }

        private bool HasMore()
        {
            while (start == end)
            {
                Return();
                if (!pipe.buffers.TryTake(out var next, Timeout.Infinite))
                {
                    if (pipe.failure is { } failure)
                    {
                        ExceptionDispatchInfo.Throw(failure);
                    }

                    return false;
                }

                (current, start, end) = (next.Buffer, 0, next.Length);
            }

            return true;
        }

        private void Return()
        {
            if (current is not null)
            {
                ArrayPool<byte>.Shared.Return(current);
                current = null;
            }

            start = end = 0;
        }
    }
}
