using Builder.Engine.Sources.Http;
using Builder.Storage;

namespace Builder.Engine.Sources;

/// <summary>A file of the web that a command reads once, downloaded with the care that a build takes: broken connections are taken up again.</summary>
public static class WebFile
{
    /// <summary>Whether a user's text is an address and not a path.</summary>
    public static bool IsAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The address as it may be shown and kept: without user, password and query.</summary>
    public static string Shown(string url) => WebAddress.Shown(url);

    /// <returns>The downloaded file, at its start; it goes away with the stream.</returns>
    /// <exception cref="Diagnostics.BuilderException">See <see cref="SourceErrors"/>, 4050 to 4054.</exception>
    public static async Task<Stream> DownloadAsync(string url, BuilderStore store, SourceOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var file = new FileStream(
            store.NewTemporaryPath(), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        try
        {
            using var client = new WebClient(options);
            await new Downloader(client, options, TimeProvider.System).FetchAsync(url, null, file, Validators.None, (_, _) => { }, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
