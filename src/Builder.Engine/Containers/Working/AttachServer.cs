using System.Collections.Concurrent;
using System.Net.Sockets;
using Builder.Containers;
using Builder.Linux.Files;

namespace Builder.Engine.Containers.Working;

/// <summary>
/// Lets others listen to a container and type for it, through a socket in the container's folder, which only the store's owner can
/// reach.
/// </summary>
internal sealed class AttachServer : IAsyncDisposable
{
    private const int MostWaiting = 16;

    /// <summary>Who does not read for so long is left out, and the container goes on.</summary>
    private const int PatienceMilliseconds = 10_000;

    private readonly Socket socket;
    private readonly ContainerInput input;
    private readonly RootDirectory folder;
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentDictionary<Socket, bool> clients = new();
    private readonly Task listening;

    public AttachServer(string runFolder, ContainerInput input)
    {
        this.input = input;
        folder = RootDirectory.Open(runFolder);
        socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(EndPointIn(folder));
        socket.Listen(MostWaiting);
        listening = ListenAsync();
    }

    /// <summary>By way of the open folder: the path of a socket has room for 107 bytes only.</summary>
    public static UnixDomainSocketEndPoint EndPointIn(RootDirectory folder) => new($"/proc/self/fd/{folder.Descriptor}/{AttachFrame.SocketName}");

    public void Send(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (!clients.IsEmpty)
        {
            SendToAll(AttachFrame.Encode(stream == OutputStream.Stdout ? AttachFrameKind.Stdout : AttachFrameKind.Stderr, bytes));
        }
    }

    /// <summary>Tells all of the end and lets them go.</summary>
    public void SendExit(int exitCode) => SendToAll(AttachFrame.Encode(AttachFrameKind.Exit, exitCode));

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        socket.Dispose();
        await listening;
        foreach (var client in clients.Keys)
        {
            client.Dispose();
        }

        folder.Dispose();
        end.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var client = await socket.AcceptAsync(end.Token);
                client.SendTimeout = PatienceMilliseconds;
                clients.TryAdd(client, true);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The container has ended.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            await using var stream = new NetworkStream(client);
            while (await AttachFrame.ReadAsync(stream, end.Token) is var (kind, content))
            {
                switch (kind)
                {
                    case AttachFrameKind.Input:
                        input.Write(content);
                        break;
                    case AttachFrameKind.EndOfInput:
                        input.End();
                        break;
                    case AttachFrameKind.Resize:
                        input.Resize(AttachFrame.Number(content, 0), AttachFrame.Number(content, 1));
                        break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // It has gone, or the container has.
        }

        clients.TryRemove(client, out _);
        client.Dispose();
    }

    private void SendToAll(byte[] frame)
    {
        foreach (var client in clients.Keys)
        {
            try
            {
                for (var sent = 0; sent < frame.Length;)
                {
                    sent += client.Send(frame.AsSpan(sent));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                clients.TryRemove(client, out _);
                client.Dispose();
            }
        }
    }
}
