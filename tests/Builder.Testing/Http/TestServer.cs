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
    private readonly LoopbackListener listener;
    private readonly List<TestRequest> requests = [];

    /// <param name="refuse">Whether a client that asks first (<c>Expect: 100-continue</c>) shall keep its body.</param>
    public TestServer(Func<TestRequest, TestResponse> handle, X509Certificate2? certificate = null, Func<TestRequest, bool>? refuse = null)
    {
        this.handle = handle;
        this.refuse = refuse;
        this.certificate = certificate;
        listener = new LoopbackListener(ServeAsync);
    }

    public int Port => listener.Port;

    public string Authority => listener.Authority;

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

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using var stream = await SecureAsync(new NetworkStream(socket));
        var reader = new RequestReader(stream, refuse);
        while (await reader.ReadAsync(cancellationToken) is { } request)
        {
            lock (requests)
            {
                requests.Add(request);
            }

            if (!await AnswerAsync(socket, stream, request, handle(request), cancellationToken) || request.BodyWasRefused)
            {
                return;
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
    private static async Task<bool> AnswerAsync(Socket socket, Stream stream, TestRequest request, TestResponse response, CancellationToken cancellationToken)
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

        await stream.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), cancellationToken);
        if (request.Method == "HEAD")
        {
            return true;
        }

        await stream.WriteAsync(response.Body.AsMemory(0, response.CutAfter ?? response.Body.Length), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        if (response.CutAfter is null)
        {
            return !response.WithoutLength && (response.DeclaredLength ?? response.Body.Length) == response.Body.Length;
        }

        if (response.Then == AfterCut.Stall)
        {
            _ = await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken);
        }
        else if (response.Then == AfterCut.Reset)
        {
            // What was written must arrive before the reset overtakes it.
            await Task.Delay(50, cancellationToken);
            socket.LingerState = new LingerOption(true, 0);
        }

        return false;
    }
}
