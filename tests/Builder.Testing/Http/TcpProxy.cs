using System.Net;
using System.Net.Sockets;

namespace Builder.Testing.Http;

/// <summary>
/// Stands between a client and a server and spoils what the server says: cuts each connection after so many bytes, falls
/// silent, or turns a bit over, all counted from the connection's first byte.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly IPEndPoint server;
    private readonly List<Task> connections = [];
    private readonly Task accepting;
    private long delivered;
    private int count;

    /// <param name="server">Address and port behind the proxy.</param>
    public TcpProxy(string server)
    {
        this.server = IPEndPoint.Parse(server);
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Authority => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>After how many bytes of the server a connection ends; null for never.</summary>
    public long? CutAfter { get; set; }

    /// <summary>After how many bytes the first connection says nothing more.</summary>
    public long? StallAfter { get; set; }

    /// <summary>Which byte of the first connection arrives changed.</summary>
    public long? CorruptAt { get; set; }

    /// <summary>Bytes that the client got, over all connections.</summary>
    public long Delivered => Interlocked.Read(ref delivered);

    public int Connections => Volatile.Read(ref count);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await accepting;
        listener.Stop();
        Task[] open;
        lock (connections)
        {
            open = [.. connections];
        }

        await Task.WhenAll(open);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop.Token);
                var isFirst = Interlocked.Increment(ref count) == 1;
                lock (connections)
                {
                    connections.Add(Task.Run(() => ServeAsync(client, isFirst)));
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket client, bool isFirst)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using (client)
        {
            try
            {
                client.NoDelay = true;
                await upstream.ConnectAsync(server, stop.Token);
                var asking = ForwardAsync(client, upstream);
                await AnswerAsync(upstream, client, isFirst);

                // The end, not a reset: that would throw away what the client's kernel has and the client has not read yet, and
                // nobody could say which bytes were delivered. A reset follows for a client that does not leave.
                client.Shutdown(SocketShutdown.Send);
                await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(5), stop.Token));
                client.LingerState = new LingerOption(true, 0);
                client.Close();
                upstream.Close();
                await asking;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One of the two has left, or the test is over.
            }
        }
    }

    private async Task ForwardAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int read; (read = await from.ReceiveAsync(buffer, stop.Token)) > 0;)
            {
                await to.SendAsync(buffer.AsMemory(0, read), stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(Socket from, Socket to, bool isFirst)
    {
        var buffer = new byte[64 * 1024];
        var passed = 0L;
        for (int read; (read = await from.ReceiveAsync(buffer, stop.Token)) > 0;)
        {
            var limit = CutAfter ?? long.MaxValue;
            limit = isFirst && StallAfter is { } stall ? Math.Min(limit, stall) : limit;
            var send = (int)Math.Min(read, limit - passed);
            if (isFirst && CorruptAt is { } at && at >= passed && at < passed + send)
            {
                buffer[at - passed] ^= 1;
            }

            await to.SendAsync(buffer.AsMemory(0, send), stop.Token);
            passed += send;
            Interlocked.Add(ref delivered, send);
            if (isFirst && passed == StallAfter)
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
            }

            if (passed == CutAfter)
            {
                return;
            }
        }
    }
}
