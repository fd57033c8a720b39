using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Builder.Testing.Http;

/// <summary>An HTTP proxy that makes tunnels (RFC 9110 §9.3.6), all of them to one server, whatever name is asked for.</summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly LoopbackListener listener;
    private readonly IPEndPoint server;
    private readonly List<string> asked = [];
    private int failures;

    /// <param name="server">Address and port where every tunnel ends.</param>
    public ConnectProxy(string server)
    {
        this.server = IPEndPoint.Parse(server);
        listener = new LoopbackListener(ServeAsync);
    }

    public string Authority => listener.Authority;

    /// <summary><c>user:password</c> that every tunnel costs; null for none.</summary>
    public string? Login { get; set; }

    /// <summary>How many of the next tunnels are refused with 502.</summary>
    public int Failures
    {
        get => failures;
        set => failures = value;
    }

    /// <summary>Method and target of every request so far.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (asked)
            {
                return [.. asked];
            }
        }
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(client);
        while (await ReadHeadAsync(stream, cancellationToken) is { } head)
        {
            var lines = head.Split("\r\n");
            lock (asked)
            {
                asked.Add(string.Join(' ', lines[0].Split(' ')[..2]));
            }

            if (Refusal(lines) is not { } refusal)
            {
                await stream.WriteAsync("HTTP/1.1 200 Connected\r\n\r\n"u8.ToArray(), cancellationToken);
                await TunnelAsync(stream, cancellationToken);
                return;
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n"), cancellationToken);
        }
    }

    private string? Refusal(string[] lines)
    {
        if (Interlocked.Decrement(ref failures) >= 0)
        {
            return "502 Bad Gateway";
        }

        return Login is null || lines.Contains("Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Login)))
            ? null
            : "407 Login\r\nProxy-Authenticate: Basic realm=\"proxy\"";
    }

    private async Task TunnelAsync(NetworkStream client, CancellationToken cancellationToken)
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(server, cancellationToken);
        var other = upstream.GetStream();
        await Task.WhenAny(client.CopyToAsync(other, cancellationToken), other.CopyToAsync(client, cancellationToken));
    }

    /// <summary>Byte by byte: what follows the head belongs to the tunnel.</summary>
    private static async Task<string?> ReadHeadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
            {
                return head.ToString(0, head.Length - 4);
            }
        }

        return null;
    }
}
