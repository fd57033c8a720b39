using System.Diagnostics;
using Builder.Linux.Overlay;

namespace Builder.Linux.Tests.Overlay;

public sealed class LayeredViewTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("builder-view-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Directories_are_merged_and_files_of_upper_layers_win()
    {
        var (top, bottom) = (Layer("top", "a/x"), Layer("bottom", "a/x", "a/y"));

        Assert.Equal($"{top}/a/x", Source([top, bottom], "/a/x"));
        Assert.Equal($"{bottom}/a/y", Source([top, bottom], "/a/y"));
        Assert.Equal(["z", "w"], new LayeredView([top, bottom]).Resolve("/a/z/w")!.Missing);
    }

    [Fact]
    public void A_whiteout_hides_the_lower_name_and_what_is_below_it()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a whiteout");
        var (top, bottom) = (Layer("top", "a/"), Layer("bottom", "a/gone/x"));
        Run("mknod", $"{top}/a/gone", "c", "0", "0");

        Assert.Equal(["gone", "x"], new LayeredView([top, bottom]).Resolve("/a/gone/x")!.Missing);
    }

    [Fact]
    public void An_opaque_directory_hides_the_lower_ones()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setfattr"), "needs root and setfattr");
        var (top, bottom) = (Layer("top", "a/"), Layer("bottom", "a/x"));
        Run("setfattr", "-n", "trusted.overlay.opaque", "-v", "y", $"{top}/a");

        Assert.Equal(["x"], new LayeredView([top, bottom]).Resolve("/a/x")!.Missing);
    }

    [Fact]
    public void A_file_hides_a_lower_directory()
    {
        var (top, bottom) = (Layer("top", "a"), Layer("bottom", "a/x"));

        Assert.Null(new LayeredView([top, bottom]).Resolve("/a/x"));
    }

    [Theory]
    [InlineData("/abs/x", "/real/x")]
    [InlineData("/rel/x", "/real/x")]
    [InlineData("/real/../../rel/./x", "/real/x")]
    [InlineData("/up/real/x", "/real/x")]
    public void Links_and_dots_stay_inside(string path, string expected)
    {
        var layer = Layer("only", "real/x");
        File.CreateSymbolicLink($"{layer}/abs", "/real");
        File.CreateSymbolicLink($"{layer}/rel", "abs");
        File.CreateSymbolicLink($"{layer}/up", "../../..");

        Assert.Equal(layer + expected, Source([layer], path));
    }

    [Fact]
    public void A_circle_of_links_leads_nowhere()
    {
        var layer = Layer("only");
        File.CreateSymbolicLink($"{layer}/a", "b");
        File.CreateSymbolicLink($"{layer}/b", "a");

        Assert.Null(new LayeredView([layer]).Resolve("/a"));
    }

    private static string Source(IReadOnlyList<string> layers, string path)
    {
        var resolved = new LayeredView(layers).Resolve(path);
        Assert.NotNull(resolved);
        Assert.Empty(resolved.Missing);
        return resolved.Existing[^1].Source;
    }

    private string Layer(string name, params string[] entries)
    {
        var layer = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        foreach (var entry in entries)
        {
            var path = Path.Combine(layer, entry);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!entry.EndsWith('/'))
            {
                File.WriteAllText(path, "");
            }
        }

        return layer;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
