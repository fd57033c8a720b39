using Builder.Oci;

namespace Builder.Registry;

/// <summary>A run of bytes of a blob, from <paramref name="Start"/> up to <paramref name="End"/>.</summary>
public readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>
/// Where a blob is put together out of ranges that may arrive in any order and in several runs of a program: a file with a
/// memory of what it has. Called from several threads, never twice for the same bytes at once.
/// </summary>
public interface IBlobTarget
{
    /// <summary>What is not there yet, in ascending order; empty when all is there.</summary>
    IReadOnlyList<ByteRange> Missing { get; }

    /// <summary>Takes bytes; they count as there from now on.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>The digest of all that is there, when nothing is missing.</summary>
    Digest Hash(CancellationToken cancellationToken);

    /// <summary>Forgets all that is there: it is not what it should be.</summary>
    void Reset();
}
