using Builder.Registry.Push;

namespace Builder.Registry.Transport;

internal static class Replay
{
    /// <summary>Whether a request can be sent a second time by anybody: it has no body, or one that lies in memory.</summary>
    public static bool IsPossible(HttpRequestMessage request) => request.Content is null or ByteArrayContent or ReadOnlyMemoryContent;

    /// <summary>
    /// Whether a request can be sent again after an answer that proves that the server has not taken its body (a challenge,
    /// a redirect that keeps the method). What became of an upload after any other failure only the uploader finds out.
    /// </summary>
    public static bool IsPossibleAfterRefusal(HttpRequestMessage request) =>
        IsPossible(request) || request.Content is UploadContent { CanBeginAgain: true };
}
