using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary><c>builder fmt</c> as a user runs it.</summary>
public sealed class FormatTests
{
    private const string Crooked = "from scratch\ncopy  a  b\n";
    private const string Straight = "FROM scratch\nCOPY a b\n";

    [Fact]
    public async Task A_file_is_written_anew_and_keeps_its_mode()
    {
        using var builder = new BuilderProgram();
        var path = Write(builder, "Dockerfile", Crooked);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite);
        File.CreateSymbolicLink(builder.Files.PathOf("link"), path);

        var result = await builder.RunAsync("fmt", builder.Files.PathOf("link"));

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Straight, File.ReadAllText(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite, File.GetUnixFileMode(path));
        Assert.NotNull(new FileInfo(builder.Files.PathOf("link")).LinkTarget);
        Assert.False(Directory.Exists(builder.Store), "formatting needs no store");
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!, "Dockerfile*"));
    }

    [Fact]
    public async Task Check_names_the_files_that_differ_and_changes_none()
    {
        using var builder = new BuilderProgram();
        var (crooked, straight) = (Write(builder, "A", Crooked), Write(builder, "B", Straight));

        var result = await builder.RunAsync("fmt", "--check", crooked, straight);

        Assert.Equal((1, crooked + "\n"), (result.ExitCode, result.Output));
        Assert.Equal(Crooked, File.ReadAllText(crooked));
        Assert.Equal(0, (await builder.RunAsync("fmt", "--check", straight)).ExitCode);
        Assert.Contains("-from scratch\n-copy  a  b\n+FROM scratch\n+COPY a b\n", (await builder.RunAsync("fmt", "--diff", crooked)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_errors_keeps_every_file_as_it_is_and_all_errors_are_told()
    {
        using var builder = new BuilderProgram();
        var (crooked, wrong) = (Write(builder, "A", Crooked), Write(builder, "B", "FROM a\nRUNN x\nCOPY --lnk a b\n"));

        var result = await builder.RunAsync("fmt", crooked, wrong);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"{wrong}:2:1: error BLD3003", result.Error, StringComparison.Ordinal);
        Assert.Contains($"{wrong}:3:6: error BLD3005", result.Error, StringComparison.Ordinal);
        Assert.Equal(Crooked, File.ReadAllText(crooked));
    }

    [Fact]
    public async Task Standard_input_goes_to_standard_output_whatever_its_bytes_are()
    {
        using var builder = new BuilderProgram();
        var path = builder.Files.PathOf("latin");
        File.WriteAllBytes(path, [.. "from a\n# caf"u8, 0xE9, (byte)'\n']);

        Assert.Equal(0, (await builder.RunAsync("fmt", path)).ExitCode);
        Assert.Equal([.. "FROM a\n# caf"u8, 0xE9, (byte)'\n'], File.ReadAllBytes(path));
        var result = await builder.RunAsync(["fmt", "-"], new ToolOptions { Input = Crooked });
        Assert.Equal((0, Straight), (result.ExitCode, result.Output));
    }

    [Fact]
    public async Task A_missing_file_is_a_mistake_of_usage()
    {
        using var builder = new BuilderProgram();
        var result = await builder.RunAsync("fmt", builder.Files.PathOf("nothing"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no such file", result.Error, StringComparison.Ordinal);
    }

    private static string Write(BuilderProgram builder, string name, string text)
    {
        var path = builder.Files.PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }
}
