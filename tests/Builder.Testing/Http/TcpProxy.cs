using System.Net;
using System.Net.Sockets;

namespace Builder.Testing.Http;

/// <summary>
/// Stands between a client and a server and spoils what the server says: cuts each connection after so many bytes, falls
/// silent, or turns a bit over, all counted from the connection's first byte.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly IPEndPoint server;
    private long delivered;
    private int count;

    /// <param name="server">Address and port behind the proxy.</param>
    public TcpProxy(string server)
    {
        this.server = IPEndPoint.Parse(server);
        listener = new LoopbackListener((client, cancellationToken) => ServeAsync(client, Interlocked.Increment(ref count) == 1, cancellationToken));
    }

    public string Authority => listener.Authority;

    /// <summary>After how many bytes of the server a connection ends; null for never.</summary>
    public long? CutAfter { get; set; }

    /// <summary>After how many bytes the first connection says nothing more.</summary>
    public long? StallAfter { get; set; }

    /// <summary>Which byte of the first connection arrives changed.</summary>
    public long? CorruptAt { get; set; }

    /// <summary>Bytes that the client got, over all connections.</summary>
    public long Delivered => Interlocked.Read(ref delivered);

    public int Connections => Volatile.Read(ref count);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket client, bool isFirst, CancellationToken cancellationToken)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await upstream.ConnectAsync(server, cancellationToken);
        var asking = ForwardAsync(client, upstream, cancellationToken);
        await AnswerAsync(upstream, client, isFirst, cancellationToken);

        // The end, not a reset: that would throw away what the client's kernel has and the client has not read yet, and
        // nobody could say which bytes were delivered. A reset follows for a client that does not leave.
        client.Shutdown(SocketShutdown.Send);
        await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(5), cancellationToken));
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        upstream.Close();
        await asking;
    }

    private static async Task ForwardAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, cancellationToken)) > 0;)
            {
                await to.SendAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(Socket from, Socket to, bool isFirst, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var passed = 0L;
        for (int read; (read = await from.ReceiveAsync(buffer, cancellationToken)) > 0;)
        {
            var limit = CutAfter ?? long.MaxValue;
            limit = isFirst && StallAfter is { } stall ? Math.Min(limit, stall) : limit;
            var send = (int)Math.Min(read, limit - passed);
            if (isFirst && CorruptAt is { } at && at >= passed && at < passed + send)
            {
                buffer[at - passed] ^= 1;
            }

            await to.SendAsync(buffer.AsMemory(0, send), cancellationToken);
            passed += send;
            Interlocked.Add(ref delivered, send);
            if (isFirst && passed == StallAfter)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (passed == CutAfter)
            {
                return;
            }
        }
    }
}
