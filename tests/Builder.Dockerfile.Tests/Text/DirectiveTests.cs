using Builder.Dockerfile.Checks;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Text;

/// <summary>The <c># name=value</c> lines at the top: rules D1 to D8.</summary>
public class DirectiveTests
{
    [Theory]
    [InlineData("# escape=`", '`')]
    [InlineData("#escape = `  ", '`')]
    [InlineData("  # ESCAPE=`", '`')] // D5
    [InlineData("# syntax=docker/dockerfile:1\n# escape=`", '`')]
    [InlineData("# escape=\\", '\\')]
    [InlineData("\n# escape=`", '\\')] // D2: a blank line ends recognition
    [InlineData("# hello\n# escape=`", '\\')]
    [InlineData("# unknown=1\n# escape=`", '\\')]
    [InlineData("# escape=\n# escape=`", '\\')]
    [InlineData("#!/usr/bin/builder\n# escape=`", '\\')] // D7
    public void The_escape_character_is_set_at_the_very_top_only(string top, char expected)
    {
        Assert.Equal(expected, Dockerfiles.Parse(top + "\nFROM scratch").Directives.Escape);
    }

    [Theory]
    [InlineData("# syntax=docker/dockerfile:1 arg", "docker/dockerfile:1 arg")]
    [InlineData("#!/usr/bin/builder\n# syntax=x/y", "x/y")] // D7
    [InlineData(" # syntax=x/y", null)] // D5
    [InlineData("# comment\n# syntax=x/y", null)]
    public void The_front_end_is_named_in_the_first_column(string top, string? expected)
    {
        Assert.Equal(expected, Dockerfiles.Parse(top + "\nFROM scratch").Directives.Syntax?.Text);
    }

    [Fact]
    public void Checks_are_switched_off_by_name()
    {
        var check = Dockerfiles.Parse("# check=skip=A,B;experimental=all;error=true rest\nFROM scratch").Directives.Check!;
        Assert.Equal(["A", "B"], check.Skip);
        Assert.True(check is { SkipAll: false, ExperimentalAll: true, Error: true });
        Assert.False(check.Accepts(new CheckRule("a", "in another case"), CheckDirective.None));
        Assert.True(check.Accepts(new CheckRule("C", "not named"), CheckDirective.None));
    }

    [Theory]
    [InlineData("# escape=x\nFROM a", "1:10 BLD3004 invalid escape token 'x' does not match ` or \\")] // D4
    [InlineData("# syntax=a\n# syntax=b\nFROM a", "2:10 BLD3004 only one syntax parser directive can be used")] // D3
    [InlineData("# check=skip\nFROM a", "1:9 BLD3004 invalid check option \"skip\"")] // D8
    [InlineData("# check=error=maybe\nFROM a", "1:9 BLD3004 invalid check option \"error=maybe\"")]
    public void A_wrong_directive_is_an_error(string text, string expected)
    {
        Assert.Equal(expected, Dockerfiles.Error(text));
    }

    [Fact]
    public void A_directive_repeated_below_the_run_is_a_comment()
    {
        Assert.Equal('\\', Dockerfiles.Parse("# escape=\\\n\n# escape=`\nFROM a").Directives.Escape); // D3
    }
}
