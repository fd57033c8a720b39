using System.Net.Sockets;

namespace Builder.Testing;

/// <summary>
/// A TCP proxy on a loopback port that resets every connection after so many bytes in either direction, as some middleboxes
/// and wireless links do.
/// </summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly string targetHost;
    private readonly int targetPort;
    private readonly long limit;
    private long toServer;
    private long toClient;
    private int cuts;

    /// <param name="target"><c>host:port</c>.</param>
    /// <param name="limit">How many bytes a connection lives for, in one direction.</param>
    public CuttingProxy(string target, long limit)
    {
        var colon = target.LastIndexOf(':');
        (targetHost, targetPort) = (target[..colon], int.Parse(target[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        this.limit = limit;
        listener = new LoopbackListener(ServeAsync);
    }

    public string Authority => listener.Authority;

    /// <summary>How many connections were cut.</summary>
    public int Cuts => cuts;

    public long BytesToServer => Interlocked.Read(ref toServer);

    public long BytesToClient => Interlocked.Read(ref toClient);

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await server.ConnectAsync(targetHost, targetPort, ended.Token);
        var up = PumpAsync(client, server, count => Interlocked.Add(ref toServer, count), ended.Token);
        var down = PumpAsync(server, client, count => Interlocked.Add(ref toClient, count), ended.Token);
        var first = await Task.WhenAny(up, down);
        if (await first)
        {
            Interlocked.Increment(ref cuts);
            client.LingerState = new LingerOption(true, 0);
            server.LingerState = new LingerOption(true, 0);
        }
        else if (first == up)
        {
            // The client is done sending; the answer may still come.
            await down;
        }

        await ended.CancelAsync();
    }

    /// <summary>True when the limit was reached, false when the sender ended.</summary>
    private async Task<bool> PumpAsync(Socket from, Socket to, Action<long> count, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        for (long moved = 0; moved < limit;)
        {
            var read = await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit - moved)), cancellationToken);
            if (read == 0)
            {
                to.Shutdown(SocketShutdown.Send);
                return false;
            }

            for (var sent = 0; sent < read;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
            }

            moved += read;
            count(read);
        }

        return true;
    }
}
