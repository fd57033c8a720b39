using Builder.Diagnostics;
using Builder.Dockerfile.Ignore;
using CsCheck;

namespace Builder.Dockerfile.Tests.Ignore;

/// <summary>Ignore files: section 5 of the language; the table is its test vectors. <c>-</c> excluded, <c>+</c> included.</summary>
public class IgnorePatternSetTests
{
    [Theory]
    [InlineData("foo", "-foo -foo/a +x/foo +foobar")] // Q6: what matches nothing is included; Q7: below it too; Q8: only at the root
    [InlineData("/foo", "-foo -foo/a +x/foo +foobar")]
    [InlineData("foo/", "-foo -foo/a +x/foo +foobar")]
    [InlineData("./foo", "-foo -foo/a +x/foo +foobar")]
    [InlineData("*.log", "-a.log -.log +d/a.log")] // Q9: no slash, dots are nothing special
    [InlineData("**/*.log", "-a.log -d/e/a.log")]
    [InlineData("a/**", "+a -a/b -a/b/c")] // Q10: not the directory itself
    [InlineData("a/**/b", "-a/b -a/x/y/b -a/x/b/c +b")] // Q10: none, too
    [InlineData("**foo", "-xfoo -d/xfoo -foo/x +foox")] // Q10
    [InlineData("foo**", "-foox -foobar/x +d/foo")] // Q10: across slashes
    [InlineData("a*/b", "-ab/b +a/c/b")]
    [InlineData("a?c", "-abc +a/c")] // Q9
    [InlineData("[^a]x", "-bx +ax")] // Q9
    [InlineData("*;!a/b", "-a +a/b +a/b/c -a/c -x")] // Q7: an exception lets in what is below
    [InlineData("a;!a/b;a/b/c", "+a/b -a/b/c +a/b/d -a/x")] // Q6: the last one decides
    [InlineData("*;!**/*.py", "+x.py +d/x.py -d/x.txt")]
    [InlineData("d/*;!d/k", "+d +d/k +d/k/z -d/m")]
    [InlineData("!x;x", "-x")]
    [InlineData("x;! x", "+x")]
    [InlineData(".", "+x +.x")] // Q12
    [InlineData("/", "+x")] // Q12
    [InlineData("../x", "+x")] // Q12
    [InlineData("..", "+x +..x")] // Q12
    [InlineData("Foo", "-Foo +foo +FOO")] // Q14
    [InlineData("a/../b", "-b")]
    [InlineData("  x  ", "-x")]
    [InlineData("\\#d", "-#d")]
    [InlineData("a\\*b", "-a*b +axb")] // Q9: escapes
    [InlineData("#d", "+#d")]
    [InlineData(".*", "-.git/x +a/.git")]
    [InlineData("**/.*", "-a/.git/x")]
    [InlineData("*;!.", "-x -a/b")]
    [InlineData("**", "-x -a/b")] // Q10
    [InlineData("**/x", "-x -a/x -a/b/x +ax")] // Q8, Q10
    [InlineData("**;!./source.txt", "+source.txt -x")]
    [InlineData("dir;!dir*/file", "+dir/file -dir/x")]
    [InlineData("**/a/**/b*", "-a/b -x/a/y/z/bc +x/b +a/x/cb")]
    [InlineData("[a-c]x[!]", "-bx! +bxx +dx!")] // Q9
    [InlineData("x\r", "-x")]
    [InlineData("?/[^a]", "-\ud83d\ude00/\ud83d\ude00 +\ud83d\ude00\ud83d\ude00/b")]
    public void The_last_pattern_that_matches_decides(string patterns, string paths)
    {
        var set = Parse(patterns);
        Assert.All(paths.Split(' '), path => Assert.Equal((path, path[0] == '-'), (path, set.IsIgnored(path[1..]))));
    }

    [Fact]
    public void A_comment_begins_in_the_first_column()
    {
        Assert.True(Parse(" # c").IsIgnored("# c"));
        Assert.True(Parse("# c\n\n").IsEmpty);
    }

    [Theory]
    [InlineData("a\n !", "2:2 illegal exclusion pattern: \"!\"")]
    [InlineData("[", "1:1 syntax error in pattern \"[\"")]
    [InlineData("[]", "1:1 syntax error in pattern \"[]\"")]
    [InlineData("[a-]", "1:1 syntax error in pattern \"[a-]\"")]
    [InlineData("a\\", "1:1 syntax error in pattern \"a\\\"")]
    public void A_malformed_pattern_is_an_error(string text, string expected)
    {
        var error = Assert.Throws<DockerfileException>(() => IgnorePatternSet.Parse(new SourceText(".dockerignore", text)));
        Assert.Equal(expected, $"{error.Span!.Line}:{error.Span.Column} {error.Message}");
    }

    [Theory] // Q11
    [InlineData("*;!src/app", "src", true)]
    [InlineData("*;!src/app", "src/lib", false)]
    [InlineData("*;!src/app", "doc", false)]
    [InlineData("*;!**/*.py", "doc", true)]
    [InlineData("*;!s*/x", "src", true)]
    [InlineData("*;!s*/x", "doc", false)]
    [InlineData("a;!a;a/b", "a/b", false)]
    [InlineData("*", "src", false)]
    public void A_walker_knows_which_excluded_directories_to_enter(string patterns, string directory, bool expected)
    {
        Assert.True(Parse(patterns).IsIgnored(directory));
        Assert.Equal(expected, Parse(patterns).MayHoldIncluded(directory));
    }

    [Fact]
    public void Pruning_never_loses_an_included_path()
    {
        var component = Gen.OneOf("a", "b", "ab", "*", "**", "a*", "?", "[ab]", "a**");
        var pattern = Gen.Select(Gen.OneOf("", "!"), component.Array[1, 3], (not, parts) => not + string.Join('/', parts));
        var path = Gen.OneOf("a", "b", "ab").Array[2, 4];
        Gen.Select(pattern.List[1, 4], path).Sample((patterns, parts) =>
        {
            var set = IgnorePatternSet.Create(patterns);
            for (var depth = 1; depth < parts.Length && !set.IsIgnored(string.Join('/', parts)); depth++)
            {
                var directory = string.Join('/', parts[..depth]);
                Assert.True(!set.IsIgnored(directory) || set.MayHoldIncluded(directory), $"{string.Join(' ', patterns)}: {string.Join('/', parts)}");
            }
        });
    }

    private static IgnorePatternSet Parse(string patterns) =>
        IgnorePatternSet.Parse(new SourceText(".dockerignore", patterns.Replace(';', '\n')));
}
