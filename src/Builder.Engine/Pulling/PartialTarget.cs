using Builder.Oci;
using Builder.Registry;
using Builder.Storage.Content;

namespace Builder.Engine.Pulling;

/// <summary>A blob of the store as a registry's client fills it.</summary>
internal sealed class PartialTarget(PartialBlob partial) : IBlobTarget
{
    public IReadOnlyList<ByteRange> Missing => [.. partial.Missing.Select(gap => new ByteRange(gap.Start, gap.End))];

    public void Write(long offset, ReadOnlySpan<byte> bytes) => partial.Write(offset, bytes);

    public Digest Hash(CancellationToken cancellationToken) => partial.Hash(cancellationToken);

    public void Reset() => partial.Reset();
}
