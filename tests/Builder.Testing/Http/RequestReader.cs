using System.Globalization;
using System.Text;

namespace Builder.Testing.Http;

/// <summary>Reads requests off a connection: a head, then a body by length or in chunks.</summary>
/// <param name="refuse">
/// Asked with the head of a request whose client waits with the body (<c>Expect: 100-continue</c>): true refuses the body, and
/// the request comes without it.
/// </param>
internal sealed class RequestReader(Stream stream, Func<TestRequest, bool>? refuse = null)
{
    /// <summary>The first byte of a TLS connection, in which there are no lines to wait for.</summary>
    private const byte TlsHandshake = 22;

    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    /// <summary>Null when the client has closed the connection.</summary>
    public async Task<TestRequest?> ReadAsync(CancellationToken cancellationToken)
    {
        if (await LineAsync(cancellationToken) is not { Length: > 0 } first)
        {
            return null;
        }

        var words = first.Split(' ');
        if (words.Length != 3)
        {
            // Somebody who speaks something else, TLS for example: answered as Go's servers do.
            await stream.WriteAsync("HTTP/1.0 400 Bad Request\r\n\r\nthis is an HTTP server"u8.ToArray(), cancellationToken);
            throw new IOException("not a request line");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await LineAsync(cancellationToken) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new IOException($"not a header line: {line}");
            }

            var name = line[..colon];
            var value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        if (headers.GetValueOrDefault("Expect") == "100-continue")
        {
            if (refuse?.Invoke(new TestRequest(words[0], words[1], headers, [])) == true)
            {
                return new TestRequest(words[0], words[1], headers, []) { BodyWasRefused = true };
            }

            await stream.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
        }

        return new TestRequest(words[0], words[1], headers, await BodyAsync(headers, cancellationToken));
    }

    private async Task<byte[]> BodyAsync(Dictionary<string, string> headers, CancellationToken cancellationToken)
    {
        if (headers.GetValueOrDefault("Transfer-Encoding") != "chunked")
        {
            return headers.TryGetValue("Content-Length", out var length)
                ? await BytesAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken)
                : [];
        }

        using var body = new MemoryStream();
        while (int.Parse(await LineAsync(cancellationToken) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size)
        {
            body.Write(await BytesAsync(size, cancellationToken));
            await LineAsync(cancellationToken);
        }

        await LineAsync(cancellationToken);
        return body.ToArray();
    }

    private async Task<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        var buffered = Math.Min(count, end - start);
        buffer.AsSpan(start, buffered).CopyTo(bytes);
        start += buffered;
        await stream.ReadExactlyAsync(bytes.AsMemory(buffered), cancellationToken);
        return bytes;
    }

    private async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = Encoding.Latin1.GetString(buffer, start, newline).TrimEnd('\r');
                start += newline + 1;
                return line;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = end == buffer.Length ? throw new IOException("a line without end") : await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            end += read;
            if (buffer[start] == TlsHandshake)
            {
                return "TLS";
            }
        }
    }
}
