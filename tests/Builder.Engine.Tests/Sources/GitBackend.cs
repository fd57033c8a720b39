using System.Diagnostics;
using System.Text;
using Builder.Testing.Http;

namespace Builder.Engine.Tests.Sources;

/// <summary>The real <c>git http-backend</c> behind a test server, as a web server runs it: git's "smart" protocol.</summary>
internal static class GitBackend
{
    public static TestResponse Answer(string root, TestRequest request)
    {
        var start = new ProcessStartInfo("git", ["http-backend"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in new[]
        {
            ("GIT_PROJECT_ROOT", root), ("GIT_HTTP_EXPORT_ALL", "1"), ("PATH_INFO", Uri.UnescapeDataString(request.Path)),
            ("QUERY_STRING", request.Target.Split('?', 2).ElementAtOrDefault(1) ?? ""), ("REQUEST_METHOD", request.Method),
            ("CONTENT_TYPE", request["Content-Type"] ?? ""), ("HTTP_CONTENT_ENCODING", request["Content-Encoding"] ?? ""),
            ("GIT_PROTOCOL", request["Git-Protocol"] ?? ""), ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "safe.directory"), ("GIT_CONFIG_VALUE_0", "*"), ("CONTENT_LENGTH", $"{request.Body.Length}"),
        })
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        process.StandardInput.BaseStream.Write(request.Body);
        process.StandardInput.Close();
        reading.GetAwaiter().GetResult();
        process.WaitForExit();
        var bytes = output.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var response = new TestResponse(200) { Body = bytes[(end + 4)..] };
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            response = name == "Status" ? response with { Status = int.Parse(value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) } : response.With(name, value);
        }

        return response;
    }
}
