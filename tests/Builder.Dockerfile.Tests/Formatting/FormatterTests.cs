using Builder.Diagnostics;
using Builder.Dockerfile.Formatting;

namespace Builder.Dockerfile.Tests.Formatting;

/// <summary>What the formatter changes, and what it leaves alone because it means something.</summary>
public class FormatterTests
{
    [Theory]
    [InlineData("from  a   as b", "FROM a AS b\n")] // keywords, blanks, the last line end
    [InlineData("\uFEFFFROM a\r\n\r\n\r\nUSER x \r\n\r\n", "FROM a\n\nUSER x\n")] // mark, line ends, blank lines
    [InlineData("\n\nFROM a\n", "FROM a\n")]
    [InlineData("FROM a\n  # c \t\nUSER x", "FROM a\n# c\nUSER x\n")] // comments
    [InlineData("FROM a\nCOPY  --link   --chown=1  a\\\n b \\\n\n  # why\n\n\t\tc", "FROM a\nCOPY --link --chown=1 a \\\n    b \\\n    # why\n    c\n")]
    [InlineData("FROM a\nCMD [ \"a\" ,\"b c\" ]", "FROM a\nCMD [\"a\", \"b c\"]\n")]
    [InlineData("FROM a\nCMD []", "FROM a\nCMD []\n")]
    [InlineData("FROM a\nENV  a=b\t c='d  e'", "FROM a\nENV a=b c='d  e'\n")]
    [InlineData("FROM a\nENV  a   b  c", "FROM a\nENV a b  c\n")]
    [InlineData("FROM a\nhealthcheck  --retries=3   cmd  x  y", "FROM a\nHEALTHCHECK --retries=3 CMD x  y\n")]
    [InlineData("FROM a\nRUN   --network=none   a  b", "FROM a\nRUN --network=none a  b\n")]
    [InlineData("FROM a\nRUN \\\n a", "FROM a\nRUN \\\n    a\n")]
    [InlineData("# escape=`\nFROM a\nCOPY a`\n b", "# escape=`\nFROM a\nCOPY a `\n    b\n")]
    [InlineData("FROM a\nrun <<E  \r\n x \r\n\r\n\r\nE\r\nUSER x", "FROM a\nRUN <<E\n x \r\n\r\n\r\nE\nUSER x\n")] // bodies
    public void Layout_is_changed(string text, string expected) => Assert.Equal(expected, Format(text));

    [Theory]
    [InlineData("FROM a\nRUN a  \\\n  # c\n     b\n")] // the shell sees these blanks, and so does the cache
    [InlineData("FROM a\nRU\\\nN a\\\nb\n")]
    [InlineData("FROM a\nONBUILD run   a  \\\n b\n")] // stored as it is
    [InlineData("FROM a\nONBUILD copy [ \"a\",  \"b\" ]\n")]
    [InlineData("FROM a\nRUN ['a',  'b']\n")] // no JSON, so a text
    [InlineData("FROM a\nCOPY --from\\\n=x a b\n")]
    [InlineData("FROM a\nENV a=\\\nb\n")]
    [InlineData("\n# escape=`\nFROM a\n")] // would become a directive
    [InlineData("\n#!/bin/x\n# syntax=y\nFROM a\n")]
    [InlineData(" # syntax=x\nFROM a\n")]
    [InlineData("FROM a\nRUN cat <<E   |  tr\n\t x\nE\n")]
    [InlineData("FROM a\nUSER b\\\u00a0\n")] // without the blank the line would go on
    [InlineData("FROM a\nCOPY <<-A <<'B' /d/\n\t1\n\tA\n2 \nB\n")]
    public void Meaning_is_not(string text) => Assert.Equal(text, Format(text));

    [Fact]
    public void A_text_with_errors_has_no_layout() =>
        Assert.Equal(2, 1 + Assert.Throws<DockerfileException>(() => Format("FORM a\nCOPY b\n")).Others.Count);

    private static string Format(string text) => DockerfileFormatter.Format(new SourceText("Dockerfile", text));
}
