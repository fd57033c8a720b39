using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Builder.Testing.Http;

/// <summary>
/// An HTTP/1.1 server on a loopback port, made of sockets: a proper server library would refuse to misbehave in the ways
/// that clients have to survive.
/// </summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly Func<TestRequest, TestResponse> handle;
    private readonly Func<TestRequest, bool>? refuse;
    private readonly X509Certificate2? certificate;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<TestRequest> requests = [];
    private readonly List<Task> connections = [];
    private readonly Task accepting;

    /// <param name="refuse">Whether a client that asks first (<c>Expect: 100-continue</c>) shall keep its body.</param>
    public TestServer(Func<TestRequest, TestResponse> handle, X509Certificate2? certificate = null, Func<TestRequest, bool>? refuse = null)
    {
        this.handle = handle;
        this.refuse = refuse;
        this.certificate = certificate;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Authority => $"127.0.0.1:{Port}";

    /// <summary>Every request so far, in the order of arrival.</summary>
    public IReadOnlyList<TestRequest> Requests
    {
        get
        {
            lock (requests)
            {
                return [.. requests];
            }
        }
    }

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
                var socket = await listener.AcceptSocketAsync(stop.Token);
                lock (connections)
                {
                    connections.Add(Task.Run(() => ServeAsync(socket)));
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                await using var stream = await SecureAsync(new NetworkStream(socket));
                var reader = new RequestReader(stream, refuse);
                while (await reader.ReadAsync(stop.Token) is { } request)
                {
                    lock (requests)
                    {
                        requests.Add(request);
                    }

                    if (!await AnswerAsync(socket, stream, request, handle(request)) || request.BodyWasRefused)
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client has left, or the test is over.
            }
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream)
    {
        if (certificate is null)
        {
            return stream;
        }

        var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(certificate);
        return secure;
    }

    /// <summary>Whether the connection may serve another request.</summary>
    private async Task<bool> AnswerAsync(Socket socket, Stream stream, TestRequest request, TestResponse response)
    {
        if (ReferenceEquals(response, TestResponse.HangUp))
        {
            return false;
        }

        var head = new StringBuilder($"HTTP/1.1 {response.Status} Status\r\n");
        foreach (var (name, value) in response.Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (response.WithoutLength)
        {
            head.Append("Connection: close\r\n");
        }
        else if (response.Status is not (204 or 304))
        {
            head.Append("Content-Length: ").Append(response.DeclaredLength ?? response.Body.Length).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), stop.Token);
        if (request.Method == "HEAD")
        {
            return true;
        }

        await stream.WriteAsync(response.Body.AsMemory(0, response.CutAfter ?? response.Body.Length), stop.Token);
        await stream.FlushAsync(stop.Token);
        if (response.CutAfter is null)
        {
            return !response.WithoutLength && (response.DeclaredLength ?? response.Body.Length) == response.Body.Length;
        }

        if (response.Then == AfterCut.Stall)
        {
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, stop.Token);
        }
        else if (response.Then == AfterCut.Reset)
        {
            // What was written must arrive before the reset overtakes it.
            await Task.Delay(50, stop.Token);
            socket.LingerState = new LingerOption(true, 0);
        }

        return false;
    }
}
