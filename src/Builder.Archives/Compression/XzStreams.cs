using SharpCompress.Compressors.Xz;

namespace Builder.Archives.Compression;

/// <summary>
/// All xz streams of a file (The .xz File Format, 2: "Stream", "Stream Padding"), where the library reads the first only.
/// </summary>
internal sealed class XzStreams(Stream source) : ReadOnlyStream
{
    private XZStream? current;
    private bool ended;

    public override int Read(Span<byte> buffer)
    {
        while (!ended && !buffer.IsEmpty)
        {
            current ??= new XZStream(source);
            var count = current.Read(buffer);
            if (count > 0)
            {
                return count;
            }

            MoveOn();
        }

        return 0;
    }

    /// <summary>Skips the zeros between two streams, and puts back the byte that begins the next.</summary>
    private void MoveOn()
    {
        var next = source.ReadByte();
        while (next == 0)
        {
            next = source.ReadByte();
        }

        current = null;
        ended = next < 0;
        source = ended ? source : new Rejoined((byte)next, source);
    }

    private sealed class Rejoined(byte first, Stream rest) : ReadOnlyStream
    {
        private bool given;

        // Streams are aligned to four bytes, and so are the places where one begins.
        private long position;

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (buffer.IsEmpty)
            {
                return 0;
            }

            var count = 1;
            if (given)
            {
                count = rest.Read(buffer);
            }
            else
            {
                buffer[0] = first;
                given = true;
            }

            position += count;
            return count;
        }
    }
}
