using System.Runtime.InteropServices;
using Builder.Linux.Native;

namespace Builder.Linux.Processes;

/// <summary>
/// Standard output or error as plain writes: no position of its own, since others may append to the same file, and no word
/// to the terminal, which <see cref="Console"/> would switch to another mode. Failures are <see cref="IOException"/>.
/// </summary>
public sealed unsafe class StandardOutputStream(int descriptor) : Stream
{
    private const short Writable = 4;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether a write failed because nobody reads any more.</summary>
    public static bool IsClosedPipe(IOException failure) => failure.HResult == (int)Errno.EPIPE;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            nint written;
            fixed (byte* start = buffer)
            {
                written = Libc.WriteDescriptor(descriptor, start, buffer.Length);
            }

            if (written >= 0)
            {
                buffer = buffer[(int)written..];
                continue;
            }

            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EINTR:
                    break;
                case Errno.EAGAIN:
                    // Somebody who shares the terminal or pipe made it non-blocking.
                    var polled = new Libc.PollDescriptor { Descriptor = descriptor, Requested = Writable };
                    _ = Libc.PollDescriptors(&polled, 1, -1);
                    break;
                case var errno:
                    throw new IOException(errno.Describe(), (int)errno);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
