using System.Buffers.Binary;
using System.Net.Sockets;

namespace Builder.Engine.Containers.Working;

/// <summary>What a supervisor and those who are attached to its container say to one another.</summary>
internal enum AttachFrameKind : byte
{
    Input = 0,
    Stdout = 1,
    Stderr = 2,

    /// <summary>The container has ended; its exit code follows, and nothing more.</summary>
    Exit = 3,

    /// <summary>Columns and rows of the window.</summary>
    Resize = 4,
    EndOfInput = 5,
}

/// <summary>One byte of kind, four bytes of length (little-endian), the content.</summary>
internal static class AttachFrame
{
    public const string SocketName = "attach.sock";
    private const int HeaderSize = 5;
    private const int MaxSize = 1 << 20;

    public static byte[] Encode(AttachFrameKind kind, ReadOnlySpan<byte> content)
    {
        var frame = new byte[HeaderSize + content.Length];
        frame[0] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    public static byte[] Encode(AttachFrameKind kind, params ReadOnlySpan<int> numbers)
    {
        Span<byte> content = stackalloc byte[numbers.Length * sizeof(int)];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(content[(i * sizeof(int))..], numbers[i]);
        }

        return Encode(kind, content);
    }

    public static int Number(ReadOnlySpan<byte> content, int index) =>
        content.Length >= (index + 1) * sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(content[(index * sizeof(int))..]) : 0;

    /// <summary>The next frame; null at the end, and after nonsense.</summary>
    public static async Task<(AttachFrameKind Kind, byte[] Content)?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderSize];
        try
        {
            if (await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, cancellationToken) < HeaderSize
                || BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1)) is not (>= 0 and <= MaxSize and var length))
            {
                return null;
            }

            var content = new byte[length];
            await stream.ReadExactlyAsync(content, cancellationToken);
            return ((AttachFrameKind)header[0], content);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
