namespace Builder.Archives.Tests.Compression;

internal static class Samples
{
    /// <summary>Text that compresses, of the given length.</summary>
    public static byte[] Text(int length)
    {
        var random = new Random(length);
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = i > 100 && random.Next(4) > 0 ? bytes[i - random.Next(1, 100)] : (byte)random.Next('a', 'z');
        }

        return bytes;
    }

    public static byte[] Read(Stream stream)
    {
        using (stream)
        {
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray();
        }
    }
}
