using Builder.Diagnostics;
using Builder.Engine.Exporters;
using Builder.Testing;

namespace Builder.Engine.Tests.Exporters;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("out")]
    [InlineData("dangling")]
    public void A_file_that_is_not_there_yet_is_made(string name)
    {
        File.CreateSymbolicLink(folder["dangling"], "out");
        OutputFile.Write(folder[name], NoStdout, stream => stream.Write("x"u8));
        Assert.Equal("x", File.ReadAllText(folder["out"]));
        Assert.Equal("out", new FileInfo(folder["dangling"]).LinkTarget);
    }

    [Fact]
    public void A_file_appears_when_it_is_whole()
    {
        File.WriteAllText(folder["out"], "old");
        OutputFile.Write(folder["out"], NoStdout, stream =>
        {
            stream.Write("new"u8);
            Assert.Equal("old", File.ReadAllText(folder["out"]));
        });
        Assert.Equal("new", File.ReadAllText(folder["out"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(folder["out"], "old");
        Assert.Throws<OperationCanceledException>(() => OutputFile.Write(folder["out"], NoStdout, stream =>
        {
            stream.Write("new"u8);
            throw new OperationCanceledException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["out"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Standard_output_is_opened_for_a_dash()
    {
        var stdout = new MemoryStream();
        OutputFile.Write("-", () => stdout, stream => stream.Write("x"u8));
        Assert.Equal("x"u8.ToArray(), stdout.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no/such/folder/out")]
    public void A_place_where_no_file_can_be_is_an_error(string name) =>
        Assert.Equal(
            EngineErrors.BadOutput,
            Assert.Throws<BuilderException>(() => OutputFile.Write(folder[name], NoStdout, stream => stream.Write("x"u8))).Code);

    [Fact]
    public void A_link_is_written_through()
    {
        Directory.CreateDirectory(folder["d"]);
        File.CreateSymbolicLink(folder["link"], "d/target");
        OutputFile.Write(folder["link"], NoStdout, stream => stream.Write("x"u8));
        Assert.Equal("d/target", new FileInfo(folder["link"]).LinkTarget);
        Assert.Equal("x", File.ReadAllText(folder["d/target"]));
    }

    [Fact]
    public void A_device_is_written_to_and_not_replaced()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "device nodes need root");
        ExternalTool.Run("mknod", [folder["null"], "c", "1", "3"]);
        OutputFile.Write(folder["null"], NoStdout, stream => stream.Write(new byte[300_000]));
        Assert.StartsWith("character special", System.Text.Encoding.UTF8.GetString(ExternalTool.Run("stat", ["-c", "%F", folder["null"]])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_that_is_open_already_is_written_to()
    {
        using var pipe = Linux.Processes.Pipe.Create();
        var writing = Task.Run(() =>
        {
            OutputFile.Write($"/dev/fd/{pipe.Writer.DangerousGetHandle()}", NoStdout, stream => stream.Write(new byte[300_000]));
            pipe.Writer.Dispose();
        });
        var received = 0;
        var buffer = new byte[50_000];
        for (int count; (count = Linux.Processes.Descriptors.Read(pipe.Reader, buffer)) > 0;)
        {
            received += count;
        }

        await writing;
        Assert.Equal(300_000, received);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public void A_full_disk_is_an_error_for_people(int size)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "device nodes need root");
        ExternalTool.Run("mknod", [folder["full"], "c", "1", "7"]);
        var error = Assert.Throws<BuilderException>(() => OutputFile.Write(folder["full"], NoStdout, stream => stream.Write(new byte[size])));
        Assert.Equal(EngineErrors.BadOutput, error.Code);
        Assert.Contains("No space left", error.InnerException!.Message, StringComparison.Ordinal);
    }

    private static Stream NoStdout() => throw new InvalidOperationException("nobody asked for standard output");
}
