using System.Buffers;
using System.Collections.Concurrent;
using Builder.Oci;

namespace Builder.Registry.Content.Blobs;

/// <summary>
/// Brings a blob into a target: what earlier runs left is kept, a big rest comes in ranges over several connections, and what
/// is complete is hashed as a whole. Content that is wrong is thrown away and asked for once more, elsewhere if there is an
/// elsewhere.
/// </summary>
internal sealed class BlobDownload(Func<BlobPlaces> places, RegistryOptions options, string what, Descriptor blob, IBlobTarget target, IProgress<long>? progress)
{
    private const int BufferSize = 128 * 1024;
    private long done;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var hadSome = target.Missing.Sum(range => range.Length) < blob.Size;
        for (var attempt = 1; ; attempt++)
        {
            var host = await FetchMissingAsync(cancellationToken);
            var actual = target.Hash(cancellationToken);
            if (actual == blob.Digest)
            {
                return;
            }

            target.Reset();
            if (attempt == 2)
            {
                throw new RegistryException(
                    RegistryErrors.WrongContent,
                    $"the blob {what} has {blob.Size} bytes that hash to {actual}{(host is null ? "" : $" (from {host})")}",
                    "the registry, or a proxy before it, does not deliver what the image names") { Host = host };
            }

            if (!hadSome)
            {
                options.OnWarning?.Invoke(new RegistryWarning(host ?? "", $"{what} arrived with another digest ({actual}); asked for once more"));
            }

            hadSome = false;
        }
    }

    /// <summary>The last host that was asked; null when nothing was missing.</summary>
    private async Task<string?> FetchMissingAsync(CancellationToken cancellationToken)
    {
        var missing = target.Missing;
        done = blob.Size - missing.Sum(range => range.Length);
        progress?.Report(done);
        if (missing.Count == 0)
        {
            return null;
        }

        var all = places();
        var pieces = new ConcurrentQueue<ByteRange>(Pieces(missing));
        pieces.TryDequeue(out var piece);

        // The first answer tells whether this server knows ranges; before that, nobody else asks for one.
        await using var first = Range(all, piece);
        var isRange = await first.OpenAsync(cancellationToken);
        if (!isRange && pieces.IsEmpty)
        {
            await CopyAsync(first, cancellationToken);
            return first.Host;
        }

        if (!isRange)
        {
            // All of it comes from the start, whatever was asked for: one connection brings all pieces.
            await first.DisposeAsync();
            await using var whole = Range(all, new ByteRange(missing[0].Start, blob.Size));
            await CopyMissingAsync(whole, missing, cancellationToken);
            return whole.Host;
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(1, Math.Min(options.RangesAtOnce - 1, pieces.Count)).Select(_ => WorkAsync(null)).ToList();
        workers.Add(WorkAsync(first));
        await JoinAsync(workers, failed);
        return first.Host;

        async Task WorkAsync(BlobRange? begun)
        {
            try
            {
                if (begun is not null)
                {
                    await CopyAsync(begun, failed.Token);
                }

                while (pieces.TryDequeue(out var next))
                {
                    await using var range = Range(all, next);
                    await CopyAsync(range, failed.Token);
                }
            }
            catch
            {
                await failed.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Waits for all; of several failures the first that is not a consequence of another one is the one to tell.</summary>
    private static async Task JoinAsync(List<Task> workers, CancellationTokenSource failed)
    {
        try
        {
            await Task.WhenAll(workers);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
            await (workers.Find(worker => worker.IsFaulted) ?? workers[0]);
            throw;
        }
    }

    /// <summary>Small rests are one piece each; a big one is cut, so that several connections and a later run have their share.</summary>
    private IEnumerable<ByteRange> Pieces(IReadOnlyList<ByteRange> missing)
    {
        if (options.RangesAtOnce < 2 || missing.Sum(range => range.Length) < options.RangesFrom)
        {
            foreach (var range in missing)
            {
                yield return range;
            }

            yield break;
        }

        foreach (var range in missing)
        {
            for (var start = range.Start; start < range.End; start += options.RangeSize)
            {
                yield return new ByteRange(start, Math.Min(start + options.RangeSize, range.End));
            }
        }
    }

    private BlobRange Range(BlobPlaces all, ByteRange piece) => new(all, options, what, blob, piece.Start, piece.End);

    private Task CopyAsync(BlobRange range, CancellationToken cancellationToken) => CopyMissingAsync(range, null, cancellationToken);

    private async Task CopyMissingAsync(BlobRange range, IReadOnlyList<ByteRange>? wanted, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                var offset = range.Position;
                var read = await range.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    await range.DrainAsync(cancellationToken);
                    return;
                }

                foreach (var piece in wanted ?? [new ByteRange(offset, offset + read)])
                {
                    var (from, to) = (Math.Max(piece.Start, offset), Math.Min(piece.End, offset + read));
                    if (from < to)
                    {
                        target.Write(from, buffer.AsSpan((int)(from - offset), (int)(to - from)));
                        progress?.Report(Interlocked.Add(ref done, to - from));
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
