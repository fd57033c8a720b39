namespace Builder.Archives.Tar;

/// <summary>Sparse type <c>S</c>: four segments in the header, 21 in each block that follows, as long as a flag says so.</summary>
internal static class OldGnuSparse
{
    private const int NumberLength = 12;
    private const int InHeader = 4;
    private const int InExtension = 21;
    private const int HeaderMap = 386;
    private const int HeaderFlag = 482;
    private const int ExtensionFlag = 504;
    private static readonly Range RealSize = 483..495;

    public static SparseMap Read(ReadOnlySpan<byte> header, TarInput input, SparseMapBuilder builder)
    {
        var realSize = TarReader.Number(header, RealSize, builder.HeaderOffset, "real size");
        AddAll(header[HeaderMap..], InHeader, builder);
        Span<byte> extension = stackalloc byte[TarBlock.Size];
        for (var more = header[HeaderFlag] != 0; more; more = extension[ExtensionFlag] != 0)
        {
            input.ReadExactly(extension);
            AddAll(extension, InExtension, builder);
        }

        return builder.Build(realSize);
    }

    private static void AddAll(ReadOnlySpan<byte> map, int count, SparseMapBuilder builder)
    {
        for (var i = 0; i < count; i++)
        {
            var at = i * 2 * NumberLength;
            if (map[at] == 0)
            {
                return;
            }

            var offset = TarReader.Number(map, at..(at + NumberLength), builder.HeaderOffset, "sparse offset");
            var length = TarReader.Number(map, (at + NumberLength)..(at + (2 * NumberLength)), builder.HeaderOffset, "sparse length");
            builder.Add(offset, length);
        }
    }
}
