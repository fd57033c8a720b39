using Builder.Diagnostics;
using Builder.Engine.Tests.Support;

namespace Builder.Engine.Tests.Copying;

public class SourceSelectorTests
{
    [Fact]
    public void A_literal_path_selects_itself()
    {
        using var scene = new Scene("mkdir source/d; touch source/d/f");
        Assert.Equal(["d/f"], scene.Select("d/f"));
        Assert.Equal(["d"], scene.Select("d"));
        Assert.Equal([""], scene.Select(""));
    }

    [Fact]
    public void A_literal_path_that_is_missing_is_an_error_that_names_it()
    {
        using var scene = new Scene();
        var error = Assert.Throws<BuilderException>(() => scene.Select("nope"));
        Assert.Equal(EngineErrors.SourceNotFound, error.Code);
        Assert.Contains("\"/nope\": not found", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.txt", "a.txt b.txt")]
    [InlineData("?.txt", "a.txt b.txt")]
    [InlineData("[a].txt", "a.txt")]
    [InlineData("*", ".hidden a.txt b.txt d e [x]")]
    [InlineData("*/f", "d/f e/f")]
    [InlineData("d/*", "d/f d/g")]
    [InlineData("**/f", "d/f e/f")]
    [InlineData("*.none", "")]
    [InlineData("nodir/*", "")]
    [InlineData("a.txt/*", "")]
    [InlineData("\\[x]*", "[x]")]
    [InlineData("*/missing", "")]
    public void Wildcards_match_component_by_component_in_the_order_of_bytes(string pattern, string expected)
    {
        using var scene = new Scene("cd source; touch b.txt a.txt .hidden '[x]'; mkdir d e; touch d/g d/f e/f; cd ..");
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), scene.Select(pattern));
    }

    [Fact]
    public void Names_that_are_no_utf8_are_found_by_wildcards()
    {
        using var scene = new Scene("touch \"source/$(printf 'x\\377')\"");
        Assert.Equal(["x\u00ff"], scene.Select("x*"));
    }

    [Fact]
    public void A_link_selects_what_it_leads_to()
    {
        using var scene = new Scene("mkdir source/d; touch source/d/f; ln -s d/f source/l; ln -s /d source/abs; ln -s ../../../d source/up");
        Assert.Equal(["d/f"], scene.Select("l"));
        Assert.Equal(["d"], scene.Select("abs"));
        Assert.Equal(["d"], scene.Select("up"));
        Assert.Equal(["d/f"], scene.Select("abs/f"));
    }

    [Theory]
    [InlineData("dangling")]
    [InlineData("outside")]
    [InlineData("loop")]
    public void A_link_that_leads_nowhere_inside_is_not_found(string link)
    {
        using var scene = new Scene("cd source; ln -s nowhere dangling; ln -s ../canary outside; ln -s loop loop; cd ..");
        Assert.Equal(EngineErrors.SourceNotFound, Assert.Throws<BuilderException>(() => scene.Select(link)).Code);
    }

    [Fact]
    public void A_link_that_leads_round_and_round_does_not_stop_a_wildcard()
    {
        using var scene = new Scene("ln -s loop source/loop; touch source/f");
        Assert.Equal(["f"], scene.Select("*"));
    }

    [Fact] // Q13: the check is in CheckCommandTests
    public void An_ignored_path_is_not_found_and_the_hint_says_why()
    {
        using var scene = new Scene("mkdir source/d; touch source/secret source/d/f") { Ignore = "secret\nd" };
        var error = Assert.Throws<BuilderException>(() => scene.Select("secret"));
        Assert.Contains("\"/secret\": not found", error.Message, StringComparison.Ordinal);
        Assert.Contains("ignore file", error.Hint, StringComparison.Ordinal);
        Assert.Throws<BuilderException>(() => scene.Select("d/f"));
        Assert.Empty(scene.Select("*"));
    }

    [Fact]
    public void An_exception_for_things_below_does_not_let_in_a_file_of_that_name()
    {
        using var scene = new Scene("touch source/secret; mkdir source/d; touch source/d/keep") { Ignore = "*\n!*/keep" };
        Assert.Equal(["d"], scene.Select("*"));
        Assert.Throws<BuilderException>(() => scene.Select("secret"));
        Assert.Equal(["d/keep"], scene.Select("d/*"));
    }

    [Fact] // Q14
    public void A_link_is_matched_by_its_own_path_and_case_counts()
    {
        using var scene = new Scene("mkdir source/d; touch source/d/f source/UPPER; ln -s d source/l; ln -s d/f source/m") { Ignore = "l/f\nm\nupper" };
        Assert.Equal(["UPPER", "d", "d"], scene.Select("*").Order(StringComparer.Ordinal));
        Assert.Equal(["d/f"], scene.Select("d/*"));
        Assert.Throws<BuilderException>(() => scene.Select("m"));
        scene.Copy("all/", "");
        scene.AssertTree("d 755 0:0 all", "f 644 0:0 all/UPPER \"\"", "d 755 0:0 all/d", "f 644 0:0 all/d/f \"\"", "l 777 0:0 all/l -> d");
    }

    [Fact]
    public void A_link_is_no_way_round_the_ignore_file()
    {
        using var scene = new Scene("echo x > source/secret; ln -s secret source/l; mkdir source/hidden; touch source/hidden/f; ln -s hidden source/d")
        {
            Ignore = "secret\nhidden",
        };
        Assert.Throws<BuilderException>(() => scene.Select("l"));
        Assert.Throws<BuilderException>(() => scene.Select("d"));
        Assert.Throws<BuilderException>(() => scene.Select("d/f"));
        Assert.Empty(scene.Select("*"));
    }
}
