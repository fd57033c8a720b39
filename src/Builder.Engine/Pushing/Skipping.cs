namespace Builder.Engine.Pushing;

/// <summary>Streams that cannot seek, from somewhere in the middle.</summary>
internal static class Skipping
{
    /// <summary>Reads past the first bytes; the stream is disposed when it does not have them.</summary>
    public static async Task<Stream> OpenAsync(Stream stream, long count, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[count == 0 ? 0 : 64 * 1024];
            while (count > 0)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellationToken);
                count -= read > 0 ? read : throw new EndOfStreamException("the blob ended early");
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
