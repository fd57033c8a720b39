using Builder.Cli.Displays;
using CsCheck;

namespace Builder.Cli.Tests.Displays;

/// <summary>Sizes, ages, columns: the small words of the displays.</summary>
public class WordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(999, "999B")]
    [InlineData(1000, "1kB")]
    [InlineData(1234, "1.23kB")]
    [InlineData(12_345, "12.3kB")]
    [InlineData(123_456, "123kB")]
    [InlineData(999_499, "999kB")]
    [InlineData(999_500, "1MB")]
    [InlineData(7_809_999, "7.81MB")]
    [InlineData(99_949_999, "99.9MB")]
    [InlineData(99_950_000, "100MB")]
    [InlineData(1_500_000_000, "1.5GB")]
    [InlineData(long.MaxValue, "9223PB")]
    public void Sizes_have_three_digits_and_decimal_units(long bytes, string expected) => Assert.Equal(expected, Sizes.Format(bytes));

    [Theory]
    [InlineData(0, "Less than a second ago")]
    [InlineData(1, "1 second ago")]
    [InlineData(59, "59 seconds ago")]
    [InlineData(60, "About a minute ago")]
    [InlineData(120, "2 minutes ago")]
    [InlineData(3599, "59 minutes ago")]
    [InlineData(3600, "About an hour ago")]
    [InlineData(5400, "2 hours ago")]
    [InlineData(47 * 3600, "47 hours ago")]
    [InlineData(48 * 3600, "2 days ago")]
    [InlineData(13 * 86400, "13 days ago")]
    [InlineData(14 * 86400, "2 weeks ago")]
    [InlineData(60 * 86400, "2 months ago")]
    [InlineData(729 * 86400, "24 months ago")]
    [InlineData(730 * 86400, "2 years ago")]
    [InlineData(-100, "Less than a second ago")]
    public void Ages_are_told_as_Docker_tells_them(long seconds, string expected) =>
        Assert.Equal(expected, Ages.Format(Now.AddSeconds(-seconds), Now));

    [Fact]
    public void A_time_that_is_only_a_stand_in_is_no_age()
    {
        Assert.Equal("N/A", Ages.Format(null, Now));
        Assert.Equal("N/A", Ages.Format(DateTimeOffset.UnixEpoch, Now));
    }

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell() =>
        Assert.Equal(
            ["NAME     ID", "a        12", "longer   3"],
            Table.Render(["NAME", "ID"], [["a", "12"], ["longer", "3"]]));

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly 10", 10, "exactly 10")]
    [InlineData("more than 10", 10, "more th...")]
    [InlineData("more", 3, "...")]
    [InlineData("more", 1, ".")]
    [InlineData("more", 0, "")]
    [InlineData("漢字漢字漢字", 10, "漢字漢...")]
    [InlineData("a\tb", 10, "a    b")]
    public void Text_is_cut_to_the_room_there_is(string text, int columns, string expected) => Assert.Equal(expected, Columns.Fit(text, columns));

    [Fact]
    public void No_text_ever_takes_more_room() =>
        Gen.Select(Gen.String, Gen.Int[0, 50]).Sample((text, columns) => Columns.Width(Columns.Fit(text, columns)) <= columns);

    [Theory]
    [InlineData("plain text, ünïcode 漢", "plain text, ünïcode 漢")]
    [InlineData("tab\tstays", "tab\tstays")]
    [InlineData("\e[31m", "\ufffd[31m")]
    [InlineData("a\r\nb\0\u007f", "a\ufffd\ufffdb\ufffd\ufffd")]
    [InlineData("\u009b31m", "\ufffd31m")]
    [InlineData("\u202eevil\u2066", "\ufffdevil\ufffd")]
    public void Text_from_outside_is_harmless(string text, string expected) => Assert.Equal(expected, Terminal.Harmless(text));
}
