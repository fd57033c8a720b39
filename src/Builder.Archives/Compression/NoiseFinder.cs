using System.Buffers.Binary;

namespace Builder.Archives.Compression;

/// <summary>
/// Finds what deflate cannot make smaller: files that are compressed or encrypted already, on which it would spend five
/// times the work of text to no end. A function of the bytes alone, in whole numbers, so that it says the same on every machine.
/// A block is noise when its byte values are even, so that Huffman codes save nothing, and nothing in it was seen in the window
/// before, so that there is nothing to refer to.
/// </summary>
internal readonly ref struct NoiseFinder
{
    private const int BlockSize = 8 * 1024;

    /// <summary>Below this a stretch of its own costs more than it saves.</summary>
    private const int MinBlocks = 2;

    /// <summary>How far back deflate refers.</summary>
    private const int Window = 32 * 1024;

    private const int SlotBits = 13;

    /// <summary>
    /// Every so many bytes a word is noted, and every so many one is looked up: without a common divisor, and none with the sizes
    /// of records, so that a repetition is met at any distance. Of a block that is there twice every seventh word is found.
    /// </summary>
    private const int NotedEvery = 7;

    private const int LookedUpEvery = 13;

    /// <summary>In noise none is found; so few stand for a saving of two per cent.</summary>
    private const int MaxRepeats = 1;

    /// <summary>How much of a block is looked at first: text is told by it.</summary>
    private const int Glance = 1024;

    private readonly ReadOnlySpan<byte> input;

    /// <summary>Where a word was noted last, by its hash; 0 for nowhere, else one more than its offset.</summary>
    private readonly Span<int> seen;

    private NoiseFinder(ReadOnlySpan<byte> input, Span<int> seen)
    {
        this.input = input;
        this.seen = seen;
    }

    /// <summary>Cuts the input into stretches of one kind, without a gap.</summary>
    public static IReadOnlyList<(Range Stretch, bool IsNoise)> Cut(ReadOnlySpan<byte> input)
    {
        Span<int> seen = stackalloc int[1 << SlotBits];
        seen.Clear();
        return new NoiseFinder(input, seen).Cut();
    }

    private List<(Range Stretch, bool IsNoise)> Cut()
    {
        var stretches = new List<(Range, bool)>();
        var (cut, noise, noted) = (0, 0, 0);
        for (var at = 0; at <= input.Length; at += BlockSize)
        {
            // What is left behind the last whole block ends the noise too.
            if (input.Length - at >= BlockSize && IsEven(input.Slice(at, Glance)) && IsEven(input.Slice(at, BlockSize)) && !Repeats(at, ref noted))
            {
                continue;
            }

            if (at - noise >= MinBlocks * BlockSize)
            {
                Add(stretches, cut..noise, isNoise: false);
                Add(stretches, noise..at, isNoise: true);
                cut = at;
            }

            noise = at + BlockSize;
        }

        Add(stretches, cut..input.Length, isNoise: false);
        return stretches;
    }

    private static void Add(List<(Range Stretch, bool IsNoise)> stretches, Range stretch, bool isNoise)
    {
        if (!stretch.Start.Equals(stretch.End))
        {
            stretches.Add((stretch, isNoise));
        }
    }

    private static bool IsEven(ReadOnlySpan<byte> block)
    {
        // Four tables, so that equal bytes in a row do not wait for each other.
        Span<int> counts = stackalloc int[4 * 256];
        counts.Clear();
        for (var i = 0; i + 4 <= block.Length; i += 4)
        {
            counts[block[i]]++;
            counts[256 + block[i + 1]]++;
            counts[512 + block[i + 2]]++;
            counts[768 + block[i + 3]]++;
        }

        long squares = 0;
        for (var value = 0; value < 256; value++)
        {
            long count = counts[value] + counts[256 + value] + counts[512 + value] + counts[768 + value];
            squares += count * count;
        }

        // What the squares of the counts of even bytes add up to: n²/256 for their mean and n for their chance, give or take
        // half of that; and so much more that Huffman codes would save less than half a per cent.
        long length = block.Length;
        return squares <= (length * length / 256) + length + (length / 2) + (length * length / 8192);
    }

    private bool Repeats(int block, ref int noted)
    {
        var end = block + BlockSize - sizeof(uint);
        var at = Math.Max(noted, block - Window);
        for (; at <= end; at += NotedEvery)
        {
            seen[Slot(at)] = at + 1;
        }

        noted = at;
        var repeats = 0;
        for (at = block; at <= end; at += LookedUpEvery)
        {
            var place = seen[Slot(at)] - 1;
            if (place >= 0 && place != at && at - place <= Window && WordAt(place) == WordAt(at))
            {
                repeats++;
            }
        }

        return repeats > MaxRepeats;
    }

    private int Slot(int at) => (int)((WordAt(at) * 0x9E37_79B1) >> (32 - SlotBits));

    private uint WordAt(int at) => BinaryPrimitives.ReadUInt32LittleEndian(input[at..]);
}
