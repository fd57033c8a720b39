using System.Collections.Concurrent;
using Builder.Registry.Transport;

namespace Builder.Registry.Push;

/// <summary>In which way a registry takes blobs, from the most welcome one to the last resort.</summary>
internal enum UploadWay
{
    /// <summary>One PUT with the whole blob: the most portable way.</summary>
    Whole,

    /// <summary>One PATCH, then a PUT without a body: for blobs of unknown size, and registries that do not take the first.</summary>
    Stream,

    /// <summary>A PATCH a piece: for registries and proxies that limit a body, and connections that do not hold.</summary>
    Pieces,
}

/// <summary>What a registry has taught us in this run; shared by all uploads to it, so that each lesson is paid for once.</summary>
internal sealed class UploadHabit
{
    /// <summary>Small enough for memory, large enough for registries that ask for 5 MiB at least.</summary>
    public const int DefaultPiece = 8 * 1024 * 1024;

    /// <summary>A piece is held in memory; what a registry demands beyond this is refused.</summary>
    public const int MaxPiece = 64 * 1024 * 1024;

    public const int MinPiece = 64 * 1024;
    private readonly Lock gate = new();

    public UploadWay Way { get; private set; } = UploadWay.Whole;

    public int Piece { get; private set; } = DefaultPiece;

    /// <summary>Connections die after some bytes: each piece gets one of its own.</summary>
    public bool FreshConnections { get; private set; }

    public bool Mounts { get; set; } = true;

    /// <summary>A way that was refused is not tried again with this registry.</summary>
    public UploadWay Refused(UploadWay way)
    {
        lock (gate)
        {
            var next = way == UploadWay.Whole ? UploadWay.Stream : UploadWay.Pieces;
            return Way = Way > next ? Way : next;
        }
    }

    /// <summary>A body of this size was too large. False when there is no smaller one worth trying.</summary>
    public bool TooLarge(long size)
    {
        lock (gate)
        {
            Way = UploadWay.Pieces;
            if (size <= MinPiece)
            {
                return false;
            }

            var smaller = Math.Max(MinPiece, size / 2);
            Piece = (int)Math.Min(Piece, smaller);
            return true;
        }
    }

    /// <summary>
    /// A connection broke after so many bytes, and nothing of them was kept. False when there is nothing left to try: so few
    /// bytes, or pieces as small as can be.
    /// </summary>
    public bool Broke(long sent)
    {
        lock (gate)
        {
            var smaller = (int)Math.Clamp(sent / 2, MinPiece, Piece);
            var isLesson = sent > MinPiece && (smaller < Piece || !FreshConnections || Way != UploadWay.Pieces);
            if (isLesson)
            {
                (Way, FreshConnections, Piece) = (UploadWay.Pieces, true, smaller);
            }

            return isLesson;
        }
    }

    /// <summary>The registry wants pieces of at least this size (<c>OCI-Chunk-Min-Length</c>).</summary>
    public void AtLeast(long size)
    {
        lock (gate)
        {
            Piece = (int)Math.Clamp(size, Piece, MaxPiece);
        }
    }
}

internal sealed class UploadHabits
{
    private readonly ConcurrentDictionary<Origin, UploadHabit> known = new();

    public UploadHabit Of(Origin origin) => known.GetOrAdd(origin, _ => new UploadHabit());
}
