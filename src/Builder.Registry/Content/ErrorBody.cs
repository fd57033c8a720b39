using System.Text;
using System.Text.Json;
using Builder.Registry.Transport;

namespace Builder.Registry.Content;

/// <summary>What a server says about its failure, if it says something that a person can read.</summary>
internal static class ErrorBody
{
    public const int MaxSize = 64 * 1024;
    private const int MaxQuoted = 200;

    /// <summary>The first registry error code; null when the body has none.</summary>
    public static string? Code(byte[]? body) => Entries(body) is [var first, ..] ? first.Code : null;

    /// <summary><c>: </c> and the server's words, or nothing.</summary>
    public static string Describe(byte[]? body)
    {
        var entries = Entries(body);
        var text = string.Join("; ", entries.Select(e => e.Message is { Length: > 0 } message ? $"{e.Code}: {message}" : e.Code).Where(t => t is { Length: > 0 }));
        if (text.Length == 0 && body is { Length: > 0 } && !LooksLikeMarkup(body))
        {
            text = Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, MaxQuoted));
        }

        text = Printable.Text(text, MaxQuoted);
        return text.Length == 0 ? "" : ": " + text;
    }

    public static bool LooksLikeMarkup(ReadOnlySpan<byte> body) => body.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'<', ..];

    private static List<ErrorEntry> Entries(byte[]? body)
    {
        try
        {
            var errors = body is null ? null : JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorAnswer)?.Errors;
            return errors?.Where(e => e is not null).Take(3).ToList() ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
