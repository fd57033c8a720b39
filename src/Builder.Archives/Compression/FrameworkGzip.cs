using System.IO.Compression;

namespace Builder.Archives.Compression;

/// <summary>The framework's gzip, made to notice truncation.</summary>
internal static class FrameworkGzip
{
    // Without this switch a gzip stream that is cut off reads as if it ended there. It is looked at once, when the first
    // such stream of the process is made, which is why there is no other way in this project to make one.
    static FrameworkGzip() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    public static Stream OpenReader(Stream source) => new GZipStream(source, CompressionMode.Decompress);

    /// <param name="destination">Stays open.</param>
    public static Stream OpenWriter(Stream destination, int level) =>
        new GZipStream(destination, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
}
