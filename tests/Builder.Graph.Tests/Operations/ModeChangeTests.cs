using System.Diagnostics;
using CsCheck;
using Builder.Diagnostics;
using Builder.Graph.Operations;

namespace Builder.Graph.Tests.Operations;

public sealed class ModeChangeTests
{
    [Theory]
    [InlineData("755", 0x1ED)]
    [InlineData("0", 0)]
    [InlineData("07777", 0xFFF)]
    public void An_octal_mode_replaces_whatever_was_there(string text, uint mode)
    {
        var change = ModeChange.Parse(text);

        Assert.True(change.IsOctal);
        Assert.Equal(mode, change.Apply(0x1A4, isDirectory: false));
        Assert.Equal(mode, change.Apply(0, isDirectory: true));
    }

    [Theory] // C21
    [InlineData("u=rwX,go=rX", "644", false, "644")]
    [InlineData("u=rwX,go=rX", "744", false, "755")]
    [InlineData("u=rwX,go=rX", "600", true, "755")]
    [InlineData("a+x", "644", false, "755")]
    [InlineData("+x-w", "644", false, "555")]
    [InlineData("g-w", "664", false, "644")]
    [InlineData("+t", "755", true, "1755")]
    [InlineData("u+s", "755", false, "4755")]
    [InlineData("go=u", "640", false, "666")]
    [InlineData("a=", "4777", false, "0")]
    public void A_symbolic_mode_changes_what_was_there(string text, string before, bool isDirectory, string after)
    {
        var change = ModeChange.Parse(text);

        Assert.False(change.IsOctal);
        Assert.Equal(Octal(after), change.Apply(Octal(before), isDirectory));
    }

    [Theory] // C21
    [InlineData("888")]
    [InlineData("10000")]
    [InlineData("7x")]
    [InlineData("")]
    [InlineData("u")]
    [InlineData("u+q")]
    [InlineData("x+r")]
    [InlineData("u=r,")]
    public void Anything_else_is_refused(string text) =>
        Assert.Equal(GraphErrors.InvalidMode, Assert.Throws<BuilderException>(() => ModeChange.Parse(text)).Code);

    [Fact]
    public void Files_get_the_modes_that_chmod_gives_them()
    {
        const string Chmod = "/bin/chmod";
        if (!File.Exists(Chmod))
        {
            Assert.Skip("there is no chmod to compare with");
        }

        var clause = Gen.Select(
            Gen.OneOf("", "u", "g", "o", "a", "ug", "go", "uo"),
            Gen.OneOf("+", "-", "="),
            Gen.OneOf("", "r", "w", "x", "X", "rw", "rX", "wx", "rwx", "s", "t", "xs", "rt", "u", "g", "o"),
            (who, op, permissions) => who + op + permissions);
        var cases = Gen.Select(clause.Array[1, 3].Select(clauses => string.Join(',', clauses)), Gen.UInt[0, 0xFFF]).Array[150].Single();

        var folder = Directory.CreateTempSubdirectory("builder-chmod-");
        try
        {
            var script = string.Join('\n', cases.Select(c => $"chmod {Convert.ToString(c.Item2, 8)} f; chmod -- {c.Item1} f; stat -c %a f"));
            var modes = Sh($"umask 0; : > f\n{script}", folder.FullName).Split('\n', StringSplitOptions.RemoveEmptyEntries);

            Assert.Equal(cases.Length, modes.Length);
            foreach (var ((text, before), after) in cases.Zip(modes))
            {
                Assert.Equal((text, before, Octal(after)), (text, before, ModeChange.Parse(text).Apply(before, isDirectory: false)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static uint Octal(string text) => Convert.ToUInt32(text, 8);

    private static string Sh(string script, string folder)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        shell.StandardInput.Write(script);
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return output;
    }
}
