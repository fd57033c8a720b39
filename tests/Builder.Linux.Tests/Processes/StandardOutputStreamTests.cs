using Builder.Linux.Processes;

namespace Builder.Linux.Tests.Processes;

public class StandardOutputStreamTests
{
    [Fact]
    public async Task All_bytes_arrive_also_at_a_pipe_that_does_not_block()
    {
        using var pipe = Pipe.Create(nonBlocking: true);
        var sent = new byte[1_000_000];
        sent.AsSpan().Fill(7);
        var writing = Task.Run(() =>
        {
            new StandardOutputStream((int)pipe.Writer.DangerousGetHandle()).Write(sent);
            pipe.Writer.Dispose();
        });
        var received = 0;
        var buffer = new byte[10_000];
        while (true)
        {
            Descriptors.WaitReadable([pipe.Reader], TimeSpan.FromSeconds(10));
            var count = Descriptors.Read(pipe.Reader, buffer);
            if (count == 0)
            {
                break;
            }

            received += count;
        }

        await writing;
        Assert.Equal(sent.Length, received);
    }

    [Fact]
    public void A_reader_that_went_away_is_an_io_error()
    {
        using var pipe = Pipe.Create();
        pipe.Reader.Dispose();
        using var stream = new StandardOutputStream((int)pipe.Writer.DangerousGetHandle());
        Assert.Throws<IOException>(() => stream.Write("x"u8));
    }

    [Fact]
    public void What_is_no_terminal_has_no_size()
    {
        using var pipe = Pipe.Create();
        Assert.Null(TerminalSize.Of((int)pipe.Writer.DangerousGetHandle()));
    }
}
