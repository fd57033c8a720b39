using Builder.Diagnostics;

namespace Builder.Archives.Compression;

/// <summary>
/// A decoder whose complaints about the data, of whatever type its author chose, come out as one. Failures of the source
/// itself, such as a broken connection, pass through as they are.
/// </summary>
internal sealed class DecodingStream(Stream source, CompressionKind kind, Func<Stream, Stream> open) : ReadOnlyStream
{
    private readonly SourceGuard guard = new(source);
    private Stream? decoder;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            // Some decoders read a header when they are made.
            decoder ??= open(guard);
            return decoder.Read(buffer);
        }
        catch (Exception e) when (guard.Failure is null && e is not (ObjectDisposedException or OutOfMemoryException))
        {
            throw new BuilderException(ArchiveErrors.InvalidCompression, $"the {kind.ToString().ToLowerInvariant()} data is damaged or cut off", inner: e);
        }
        catch (Exception e) when (guard.Failure is { } failure && !ReferenceEquals(failure, e))
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decoder?.Dispose();
        }

        base.Dispose(disposing);
    }

    private sealed class SourceGuard(Stream source) : ReadOnlyStream
    {
        private long position;

        public Exception? Failure { get; private set; }

        /// <summary>The xz decoder finds its padding by it.</summary>
        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                var count = source.Read(buffer);
                position += count;
                return count;
            }
            catch (Exception e)
            {
                Failure = e;
                throw;
            }
        }
    }
}
