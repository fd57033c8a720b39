using Builder.Cli.Displays;
using CsCheck;

namespace Builder.Cli.Tests.Displays;

public class UnifiedDiffTests
{
    [Fact]
    public void A_hunk_shows_what_is_around_it() =>
        Assert.Equal(
            "--- D\n+++ D (formatted)\n@@ -2,7 +2,6 @@\n 2\n 3\n 4\n-x\n-x\n+y\n 5\n 6\n",
            UnifiedDiff.Of("D", "1\n2\n3\n4\nx\nx\n5\n6\n", "1\n2\n3\n4\ny\n5\n6\n"));

    [Fact]
    public void Equal_texts_have_none() => Assert.Equal("", UnifiedDiff.Of("D", "a\n", "a\n"));

    [Fact]
    public void A_missing_line_end_is_told() =>
        Assert.Equal("--- D\n+++ D (formatted)\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n", UnifiedDiff.Of("D", "a", "a\n"));

    [Fact]
    public void Both_texts_can_be_told_from_it()
    {
        var texts = Gen.OneOf("a\n", "b\n", "c\n", "d\n").Array[0, 30].Select(string.Concat);
        Gen.Select(texts, texts).Sample((before, after) =>
        {
            var lines = UnifiedDiff.Of("D", before, after).Split('\n').Skip(2).Where(line => line.Length > 0 && line[0] != '@').ToList();
            Assert.True(IsSubsequence(Side(lines, '+'), before));
            Assert.True(IsSubsequence(Side(lines, '-'), after));
            Assert.Equal(before == after, lines.Count == 0);
            Assert.Equal(after.Length - before.Length, 2 * (lines.Count(line => line[0] == '+') - lines.Count(line => line[0] == '-')));
        });
    }

    private static string Side(IEnumerable<string> lines, char other) =>
        string.Concat(lines.Where(line => line[0] != other).Select(line => line[1..] + "\n"));

    private static bool IsSubsequence(string part, string whole)
    {
        var i = 0;
        foreach (var c in whole)
        {
            i += i < part.Length && part[i] == c ? 1 : 0;
        }

        return i == part.Length;
    }
}
