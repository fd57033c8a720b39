using System.Buffers;
using System.Net;

namespace Builder.Registry.Push;

/// <content>Piece by piece, each held in memory until the registry says that it has it.</content>
internal sealed partial class BlobUploader
{
    /// <summary>How often one piece may be aligned with what the registry says that it has.</summary>
    private const int MaxAlignments = 3;

    private async Task<Outcome> SendPiecesAsync(UploadSession session, long offset, CancellationToken cancellationToken)
    {
        var size = habit.Piece;
        var piece = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            await using var stream = await source.OpenAsync(offset, cancellationToken);
            for (var start = offset; ;)
            {
                var length = await stream.ReadAtLeastAsync(piece.AsMemory(0, size), size, throwOnEndOfStream: false, cancellationToken);
                if (length == 0)
                {
                    return await EndAsync(session, cancellationToken);
                }

                var (next, outcome) = await SendPieceAsync(session, piece.AsMemory(0, length), start, cancellationToken);
                if (next is null)
                {
                    return outcome!;
                }

                session = next;
                start += length;
                if (length < size)
                {
                    return await EndAsync(session, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Sends one piece, or what the registry still lacks of it.</summary>
    /// <param name="start">Where in the blob the piece lies.</param>
    private async Task<(UploadSession? Session, Outcome? Outcome)> SendPieceAsync(
        UploadSession session, ReadOnlyMemory<byte> piece, long start, CancellationToken cancellationToken)
    {
        var end = start + piece.Length;
        var offset = start;
        for (var alignments = 0; offset < end; alignments++)
        {
            if (alignments > MaxAlignments)
            {
                return (null, Outcome.Again(Lost(session.Location, "takes no more of the upload")));
            }

            var from = offset;
            var rest = piece.Slice((int)(from - start), (int)Math.Min(end - from, habit.Piece));
            using var content = UploadContent.Of(_ => Task.FromResult<Stream>(new MemoryStream(rest.ToArray(), writable: false)), rest.Length, sent => progress?.Invoke(from + sent));
            content.Headers.TryAddWithoutValidation("Content-Range", $"{from}-{from + rest.Length - 1}");
            var (response, broken) = await TrySendAsync(
                HttpMethod.Patch, session.Location, content, headers => headers.ConnectionClose = habit.FreshConnections ? true : null, cancellationToken);
            using (response)
            {
                if (response is { IsSuccessStatusCode: true })
                {
                    session = UploadSession.Of(response, session);
                    if (await AcknowledgedAsync(response, session, from, from + rest.Length, cancellationToken) is not { } kept)
                    {
                        return (null, Outcome.Again(Lost(session.Location, "has lost count of the upload")));
                    }

                    // Progress is no misalignment.
                    alignments = kept > from ? 0 : alignments;
                    offset = kept;
                    continue;
                }

                if (response is not null && !IsPassing(response) && response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return (null, await JudgeAsync(response, UploadWay.Pieces, rest.Length, cancellationToken));
                }

                await PauseAsync(response, alignments + 1, cancellationToken);
                if (await StatusAsync(session, end, cancellationToken) is not { } status || status.Kept < start)
                {
                    return (null, response is { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable }
                        ? await JudgeAsync(response, UploadWay.Pieces, rest.Length, cancellationToken)
                        : await UnrecoverableAsync(response, broken, content.Sent, cancellationToken));
                }

                if (response is { StatusCode: HttpStatusCode.RequestedRangeNotSatisfiable } && status.Kept == from)
                {
                    // The registry is where we are: it was not the range that it did not like.
                    return (null, await JudgeAsync(response, UploadWay.Pieces, rest.Length, cancellationToken));
                }

                (session, offset) = status;
                if (offset == from && response is null && habit.Broke(content.Sent))
                {
                    // Smaller pieces may get through: no failure to count.
                    alignments = 0;
                }
            }
        }

        return (session, null);
    }
}
