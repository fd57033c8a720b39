using Builder.Archives.Estargz;
using Builder.Oci;

namespace Builder.Archives.Compression;

/// <summary>A layer as it was encoded.</summary>
/// <param name="DiffId">Of the tar inside: another than before where the encoding adds to it, as estargz does.</param>
/// <param name="Annotations">What the descriptor of the blob has to say besides.</param>
public sealed record EncodedLayer(DiffId DiffId, IReadOnlyDictionary<string, string> Annotations);

/// <summary>Brings a layer's tar into the form in which it travels.</summary>
public static class LayerEncoder
{
    private static readonly Dictionary<string, string> None = [];

    /// <param name="writeTar">Writes the whole uncompressed tar to the stream that it is given.</param>
    /// <param name="destination">Receives the blob; stays open.</param>
    /// <param name="parallelism">How many threads compress; as many as there are processors by default.</param>
    /// <param name="proved">The tar's diff ID, if <paramref name="writeTar"/> fails when it is not that one: it is not hashed a second time.</param>
    public static async Task<EncodedLayer> EncodeAsync(
        Action<Stream> writeTar, LayerCompression compression, Stream destination, int? parallelism, CancellationToken cancellationToken, DiffId? proved = null)
    {
        ArgumentNullException.ThrowIfNull(writeTar);
        ArgumentNullException.ThrowIfNull(compression);
        if (compression.Format == LayerFormat.Estargz)
        {
            return await EncodeEstargzAsync(writeTar, compression.EffectiveLevel, destination, parallelism, cancellationToken);
        }

        if (compression.Format == LayerFormat.Uncompressed)
        {
            return new EncodedLayer(Write(writeTar, destination, proved), None);
        }

        // Disposing ends the compressed stream as a valid one, which it must not be when the tar is not whole: whoever keeps
        // the blob does so only after this method has returned.
        await using var compressor = compression.OpenWriter(destination, parallelism);
        return new EncodedLayer(Write(writeTar, compressor, proved), None);
    }

    private static DiffId Write(Action<Stream> writeTar, Stream destination, DiffId? proved)
    {
        if (proved is { } known)
        {
            writeTar(destination);
            return known;
        }

        using var hashing = new HashingStream(destination);
        writeTar(hashing);
        return new DiffId(hashing.Finish());
    }

    private static async Task<EncodedLayer> EncodeEstargzAsync(
        Action<Stream> writeTar, int level, Stream destination, int? parallelism, CancellationToken cancellationToken)
    {
        using var pipe = new StreamPipe();
        var writing = pipe.FillAsync(writeTar, cancellationToken);
        EncodedLayer encoded;
        try
        {
            encoded = EstargzWriter.Write(pipe.Reader, destination, level, parallelism, cancellationToken);
        }
        catch
        {
            pipe.Abandon();
            await writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }

        await writing;
        return encoded;
    }
}
