using Builder.Oci;
using CsCheck;

namespace Builder.Archives.Tests.Compression;

public sealed class StreamTests
{
    [Fact]
    public void What_goes_through_a_hashing_stream_is_counted_and_hashed_in_either_direction()
    {
        Gen.Byte.Array[0, 3000].Sample(bytes =>
        {
            using var target = new MemoryStream();
            using var writing = new HashingStream(target);
            writing.Write(bytes.AsSpan(0, bytes.Length / 3));
            writing.Write(bytes, bytes.Length / 3, bytes.Length - (bytes.Length / 3));
            using var reading = new HashingStream(new MemoryStream(bytes));
            Assert.Equal(bytes, Samples.Read(reading));
            Assert.Equal(bytes, target.ToArray());
            Assert.Equal((Digest.Of(bytes), bytes.LongLength), (writing.Finish(), writing.Count));
        });
    }

    [Fact]
    public async Task Hashing_works_asynchronously_too()
    {
        using var target = new MemoryStream();
        using var writing = new HashingStream(target);
        using var reading = new HashingStream(new MemoryStream("some bytes"u8.ToArray()));
        await reading.CopyToAsync(writing, TestContext.Current.CancellationToken);
        Assert.Equal(Digest.OfText("some bytes"), reading.Finish());
        Assert.Equal(Digest.OfText("some bytes"), writing.Finish());
    }
}
