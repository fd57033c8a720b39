namespace Builder.Archives.Tar;

/// <summary>
/// Sparse files in PAX archives: 0.0 repeats two records per segment, 0.1 has one record with all numbers, 1.0 puts the
/// map as lines of decimal numbers, padded to a block, before the data.
/// </summary>
internal static class PaxSparse
{
    public static SparseMap Read(PaxRecords pax, ref long stored, TarInput input, SparseMapBuilder builder)
    {
        var at = builder.HeaderOffset;
        if (pax.Number("GNU.sparse.major", at) == 1 && pax.Number("GNU.sparse.minor", at) == 0)
        {
            stored -= ReadLines(stored, input, builder);
            return builder.Build(Required(pax, "GNU.sparse.realsize", at), pax.Text("GNU.sparse.name"));
        }

        if (pax.Text("GNU.sparse.map") is { } map)
        {
            AddPairs(map.Span, builder);
        }
        else
        {
            foreach (var (offset, length) in pax.SparsePairs)
            {
                builder.Add(offset, length);
            }
        }

        return builder.Build(Required(pax, "GNU.sparse.size", at), pax.Text("GNU.sparse.name"));
    }

    private static long Required(PaxRecords pax, string key, long at) =>
        pax.Number(key, at) ?? throw TarReader.Broken(at, $"a sparse file without {key}");

    private static void AddPairs(ReadOnlySpan<byte> map, SparseMapBuilder builder)
    {
        long? offset = null;
        foreach (var range in map.Split((byte)','))
        {
            var number = PaxNumber.Parse(map[range], "GNU.sparse.map", builder.HeaderOffset);
            if (offset is { } start)
            {
                builder.Add(start, number);
                offset = null;
            }
            else
            {
                offset = number;
            }
        }

        if (offset is not null)
        {
            throw TarReader.Broken(builder.HeaderOffset, "a sparse map with an odd count of numbers");
        }
    }

    /// <summary>Reads the map at the content's start; returns how many bytes of the content it took.</summary>
    private static long ReadLines(long stored, TarInput input, SparseMapBuilder builder)
    {
        var lines = new LineReader(input, Math.Min(stored, builder.Limits.MetadataBytes), builder.HeaderOffset);
        var count = lines.Next();
        for (long i = 0; i < count; i++)
        {
            var offset = lines.Next();
            builder.Add(offset, lines.Next());
        }

        return lines.Consumed;
    }

    private ref struct LineReader(TarInput input, long limit, long headerOffset)
    {
        private readonly byte[] block = new byte[TarBlock.Size];
        private int position = TarBlock.Size;

        public long Consumed { get; private set; }

        public long Next()
        {
            Span<byte> digits = stackalloc byte[20];
            var length = 0;
            while (true)
            {
                if (position == TarBlock.Size)
                {
                    NextBlock();
                }

                var b = block[position++];
                if (b == '\n')
                {
                    return PaxNumber.Parse(digits[..length], "sparse map", headerOffset);
                }

                if (length == digits.Length)
                {
                    throw TarReader.Broken(headerOffset, "a number in the sparse map is too long");
                }

                digits[length++] = b;
            }
        }

        private void NextBlock()
        {
            Consumed += TarBlock.Size;
            if (Consumed > limit)
            {
                throw TarReader.Broken(headerOffset, "the sparse map is longer than the content or than allowed");
            }

            input.ReadExactly(block);
            position = 0;
        }
    }
}
