using System.Buffers.Binary;

namespace Builder.Engine.Ssh;

/// <summary>
/// The messages of the agent protocol (draft-miller-ssh-agent): a length in four bytes, a type, the rest. A step may list the keys
/// and have something signed; it may not add, remove or lock any.
/// </summary>
internal static class AgentMessages
{
    private const int MaxLength = 256 << 10;
    private const byte RequestIdentities = 11;
    private const byte SignRequest = 13;

    /// <summary>SSH_AGENT_FAILURE.</summary>
    public static ReadOnlyMemory<byte> Refusal { get; } = new byte[] { 0, 0, 0, 1, 5 };

    public static bool IsAllowed(ReadOnlySpan<byte> message) => message.Length > sizeof(int) && message[sizeof(int)] is RequestIdentities or SignRequest;

    /// <summary>One message with its length; null at the end of the stream or of sense.</summary>
    public static async Task<byte[]?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is 0 or > MaxLength)
        {
            return null;
        }

        var message = new byte[sizeof(int) + length];
        header.CopyTo(message, 0);
        var body = message.AsMemory(sizeof(int));
        return await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken) == body.Length ? message : null;
    }
}
