using System.IO.Pipelines;
using Builder.Archives;
using Builder.Archives.Compression;
using Builder.Diagnostics;
using Builder.Oci;
using Builder.Registry.Push;
using Builder.Storage;

namespace Builder.Engine.Pushing;

/// <summary>
/// A layer on its way out, made and compressed while it is sent: nothing of it is written to disk. The same layer gives the
/// same bytes, so a transfer that broke goes on with another making of it.
/// </summary>
/// <param name="known">What it will be, when it has been compressed so before.</param>
internal sealed class LayerSource(BuilderStore store, DiffId diffId, LayerCompression compression, Descriptor? known) : BlobSource
{
    /// <summary>How far the making may be ahead of the network.</summary>
    private const int Ahead = 1024 * 1024;
    private Descriptor? finished;

    public override Descriptor? Descriptor => known;

    public override Task<Stream> OpenAsync(long offset, CancellationToken cancellationToken)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: Ahead, resumeWriterThreshold: Ahead / 2, minimumSegmentSize: 64 * 1024, useSynchronizationContext: false));
        _ = Task.Run(() => MakeAsync(pipe.Writer, offset, cancellationToken), CancellationToken.None);
        return Task.FromResult(pipe.Reader.AsStream());
    }

    public override Descriptor Finished() => finished ?? known ?? throw new InvalidOperationException("the layer has not been read to its end");

    private async Task MakeAsync(PipeWriter pipe, long offset, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            using var feeder = new PipeFeeder(pipe, offset, cancellationToken);
            using var hashing = new HashingStream(feeder);
            await LayerEncoder.EncodeAsync(stream => store.Layers.CopyTo(diffId, stream, cancellationToken), compression, hashing, null, cancellationToken, proved: diffId);

            var made = new Descriptor(compression.MediaType, hashing.Finish(), hashing.Count);
            finished = known is null || (known.Digest == made.Digest && known.Size == made.Size)
                ? made
                : throw new BuilderException(
                    EngineErrors.LayerChanged, $"layer {diffId} was {known.Digest} when it was compressed before and is {made.Digest} now", "a newer Builder compresses differently: push again");
            store.Transfers.RememberCompressed(diffId, compression.Key, made);
        }
#pragma warning disable CA1031 // Whatever it is, the reader at the other end of the pipe is the one to tell.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
            if (e is BuilderException { Code: var code } && code == EngineErrors.LayerChanged)
            {
                store.Transfers.ForgetCompressed(diffId);
            }
        }

        await pipe.CompleteAsync(failure);
    }

    /// <summary>
    /// Where the layer's maker, on a thread of its own, hands over to the network and waits for it. What the registry has
    /// already is made too, for the digest, and dropped.
    /// </summary>
    private sealed class PipeFeeder(PipeWriter pipe, long skip, CancellationToken cancellationToken) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var dropped = (int)Math.Min(skip, buffer.Length);
            skip -= dropped;
            buffer = buffer[dropped..];
            while (!buffer.IsEmpty)
            {
                var space = pipe.GetSpan();
                var count = Math.Min(space.Length, buffer.Length);
                buffer[..count].CopyTo(space);
                pipe.Advance(count);
                buffer = buffer[count..];
                if (pipe.FlushAsync(cancellationToken).AsTask().GetAwaiter().GetResult().IsCompleted)
                {
                    throw new OperationCanceledException("nobody wants the rest");
                }
            }
        }
    }
}
