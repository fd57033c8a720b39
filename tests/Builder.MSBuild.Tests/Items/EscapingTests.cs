using Builder.MSBuild.Items;
using CsCheck;

namespace Builder.MSBuild.Tests.Items;

public class EscapingTests
{
    [Fact]
    public void Any_text_survives_being_a_metadata() =>
        Gen.String.Sample(text => Assert.Equal(text, Escaping.Unescape(Escaping.Escape(text))));

    [Fact]
    public void A_list_keeps_its_parts_apart() =>
        Gen.String.Select(text => text.Trim()).Where(text => text.Length > 0).Array.Sample(parts => Assert.Equal(parts, Escaping.Split(Escaping.Join(parts))));

    [Fact]
    public void Blanks_and_empty_parts_do_not_count() => Assert.Equal(["a", "b;c"], Escaping.Split(" a ;; b%3Bc\n"));

    [Fact]
    public void Any_arguments_survive_being_one_text() =>
        Gen.String.Where(text => !text.Contains('\r', StringComparison.Ordinal)).List[2, 5].Sample(arguments => Assert.Equal(arguments, ArgumentText.Split(ArgumentText.Join(arguments))));
}
