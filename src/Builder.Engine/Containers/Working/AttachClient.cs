using System.Net.Sockets;
using System.Threading.Channels;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Linux.Files;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>Listens to a container that another process supervises, and types for it.</summary>
public sealed class AttachClient : IAsyncDisposable
{
    private readonly NetworkStream stream;
    private readonly Channel<byte[]> outgoing = Channel.CreateUnbounded<byte[]>();
    private readonly Task sending;

    private AttachClient(NetworkStream stream)
    {
        this.stream = stream;
        sending = SendAsync();
    }

    /// <exception cref="BuilderException"><see cref="ContainersErrors.NotRunning"/>.</exception>
    public static async Task<AttachClient> ConnectAsync(StoredContainer container, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var folder = RootDirectory.Open(container.RunFolder);
            await socket.ConnectAsync(AttachServer.EndPointIn(folder), cancellationToken);
            return new AttachClient(new NetworkStream(socket, ownsSocket: true));
        }
        catch (Exception e) when (e is SocketException or Linux.LinuxException)
        {
            socket.Dispose();
            throw new BuilderException(ContainersErrors.NotRunning, $"the container {container.Name} does not run", $"start it with 'builder start -a {container.Name}'", inner: e);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes) => outgoing.Writer.TryWrite(AttachFrame.Encode(AttachFrameKind.Input, bytes));

    public void EndInput() => outgoing.Writer.TryWrite(AttachFrame.Encode(AttachFrameKind.EndOfInput));

    public void Resize(int columns, int rows) => outgoing.Writer.TryWrite(AttachFrame.Encode(AttachFrameKind.Resize, columns, rows));

    /// <summary>Passes on what the container says until it ends.</summary>
    /// <returns>Its exit code; null when its supervisor went without a word.</returns>
    public async Task<int?> ListenAsync(OutputReceiver output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (await AttachFrame.ReadAsync(stream, cancellationToken) is var (kind, content))
        {
            switch (kind)
            {
                case AttachFrameKind.Stdout or AttachFrameKind.Stderr:
                    output(kind == AttachFrameKind.Stdout ? OutputStream.Stdout : OutputStream.Stderr, content);
                    break;
                case AttachFrameKind.Exit:
                    return AttachFrame.Number(content, 0);
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        outgoing.Writer.TryComplete();
        await stream.DisposeAsync();
        await sending;
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (var frame in outgoing.Reader.ReadAllAsync())
            {
                await stream.WriteAsync(frame);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The container has ended, which the listener learns.
        }
    }
}
