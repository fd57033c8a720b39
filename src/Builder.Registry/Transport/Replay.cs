namespace Builder.Registry.Transport;

internal static class Replay
{
    /// <summary>Whether a request can be sent a second time: it has no body, or one that lies in memory.</summary>
    public static bool IsPossible(HttpRequestMessage request) => request.Content is null or ByteArrayContent or ReadOnlyMemoryContent;
}
