using Builder.Archives.Tests.Compression;

namespace Builder.Archives.Tests;

public sealed class StreamPipeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task What_is_written_can_be_read(int length)
    {
        var content = Samples.Text(length);
        using var pipe = new StreamPipe();
        var writing = pipe.FillAsync(stream => stream.Write(content), Cancellation);
        Assert.Equal(content, Samples.Read(pipe.Reader));
        await writing;

        using var ahead = new StreamPipe();
        var reading = ahead.FillAsync(new MemoryStream(content), Cancellation);
        Assert.Equal(content, Samples.Read(ahead.Reader));
        await reading;
    }

    [Fact]
    public void A_failure_of_the_writer_comes_out_at_the_reader_after_what_was_written()
    {
        using var pipe = new StreamPipe();
        _ = pipe.FillAsync(
            stream =>
            {
                stream.Write(new byte[300_000]);
                throw new InvalidDataException("broken");
            },
            Cancellation);
        var read = 0;
        var error = Assert.Throws<InvalidDataException>(() =>
        {
            var buffer = new byte[1000];
            for (int count; (count = pipe.Reader.Read(buffer)) > 0;)
            {
                read += count;
            }
        });
        Assert.Equal("broken", error.Message);
        Assert.True(read > 0);
    }

    [Fact]
    public async Task A_reader_that_gives_up_stops_the_writer()
    {
        var pipe = new StreamPipe();
        var writing = pipe.FillAsync(
            stream =>
            {
                while (true)
                {
                    stream.Write(new byte[100_000]);
                }
            },
            Cancellation);
        pipe.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }
}
