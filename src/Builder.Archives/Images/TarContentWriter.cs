using Builder.Archives.Tar;

namespace Builder.Archives.Images;

/// <summary>The content of the entry that a tar writer is at, as a stream.</summary>
internal sealed class TarContentWriter(TarWriter tar) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => tar.Write(buffer);
}
