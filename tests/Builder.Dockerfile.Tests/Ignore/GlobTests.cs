using Builder.Dockerfile.Ignore;

namespace Builder.Dockerfile.Tests.Ignore;

/// <summary>Wildcards of COPY sources, as Go's filepath.Match has them (rule C2).</summary>
public class GlobTests
{
    [Theory]
    [InlineData("*", ".hidden", true)]
    [InlineData("*.txt", "a.txt", true)]
    [InlineData("*.txt", "a.txt.gz", false)]
    [InlineData("a*b*c", "axxbyybzc", true)]
    [InlineData("a*b*c", "axxbyybz", false)]
    [InlineData("fil[e]", "file", true)]
    [InlineData("[^a-c]x", "dx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("[\\]]", "]", true)]
    [InlineData("a\\*", "a*", true)]
    [InlineData("a\\*", "ab", false)]
    [InlineData("??", "ab", true)]
    [InlineData("??", "a", false)]
    [InlineData("**", "ab", true)]
    [InlineData("?", "\ud83d\ude00", true)] // one character, whatever UTF-16 makes of it
    [InlineData("[^a]b", "\ud83d\ude00b", true)]
    [InlineData("??", "\ud83d\ude00", false)]
    [InlineData("", "", true)]
    public void A_name_matches_or_not(string pattern, string name, bool expected) =>
        Assert.Equal(expected, Glob.Parse(pattern).IsMatch(name));

    [Theory]
    [InlineData("a/b", false)]
    [InlineData("a*", true)]
    [InlineData("a\\*", false)]
    [InlineData("[a", true)]
    public void A_path_has_wildcards_or_is_literal(string path, bool expected) => Assert.Equal(expected, Glob.HasWildcards(path));

    [Fact]
    public void Many_stars_take_no_more_than_their_product()
    {
        Assert.False(Glob.Parse(string.Concat(Enumerable.Repeat("*a", 100))).IsMatch(new string('a', 5_000) + "b"));
    }
}
