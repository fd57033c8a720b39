using System.Globalization;

namespace Builder.Registry.Push;

/// <summary>What a registry says it has of an upload: <c>Range: 0-1023</c>, sometimes written <c>bytes=0-1023</c>.</summary>
internal static class UploadRange
{
    /// <summary>
    /// How many bytes it has; null when it does not say. <c>0-0</c> is what registries say of an upload without a byte, so it
    /// is one byte only where just one was sent.
    /// </summary>
    public static long? Of(HttpResponseMessage response, long sent)
    {
        if (!response.Headers.NonValidated.TryGetValues("Range", out var values))
        {
            return null;
        }

        var text = values.ToString();
        var numbers = text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..].Split('-');
        return numbers is [var first, var last]
            && first.Trim() == "0"
            && long.TryParse(last.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var end)
                ? end == 0 && sent != 1 ? 0 : end + 1
                : null;
    }

    /// <summary>The smallest piece that the registry takes; 0 when it does not say.</summary>
    public static long MinLength(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("OCI-Chunk-Min-Length", out var values)
        && long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0;
}
