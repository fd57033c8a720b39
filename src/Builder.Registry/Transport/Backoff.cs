namespace Builder.Registry.Transport;

internal static class Backoff
{
    private const int MaxDoublings = 5;

    /// <summary>How long to wait after the <paramref name="failures"/>-th failure in a row (from 1): between half and all of a doubling pause.</summary>
    public static TimeSpan Pause(RegistryOptions options, int failures)
    {
        var full = options.FirstPause * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        return full * (0.5 + (0.5 * options.Jitter()));
    }
}
