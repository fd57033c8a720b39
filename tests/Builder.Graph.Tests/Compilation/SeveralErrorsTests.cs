namespace Builder.Graph.Tests.Compilation;

/// <summary>Errors that only building can find come together too (L6 and section 9 of the language).</summary>
public sealed class SeveralErrorsTests : CompilerTest
{
    [Fact]
    public async Task Every_wrong_instruction_of_every_needed_stage_is_told()
    {
        var error = await ErrorOf(
            "FROM scratch AS unused\nSTOPSIGNAL no\nFROM scratch AS a\nEXPOSE x\nENV A=${B:?needed}\nENV C=ok\nFROM a\nSTOPSIGNAL FOO\nCOPY --chmod=999 a b\nRUN --mount=type=nothing x\n");

        Assert.Equal(
            [4, 5, 8, 9, 10],
            error.Others.Prepend(error).Select(e => e.Span!.Line));
        Assert.Equal("failed to process \"${B:?needed}\": B: needed", error.Others[0].Message); // V8
    }

    [Fact]
    public async Task An_instruction_sees_what_the_right_ones_above_it_did()
    {
        var error = await ErrorOf("FROM scratch\nENV A=1\nEXPOSE x\nWORKDIR ${A:?}\nEXPOSE y\n");

        Assert.Equal([3, 5], error.Others.Prepend(error).Select(e => e.Span!.Line));
    }

    [Fact]
    public async Task Stages_that_cannot_start_are_told_together()
    {
        var error = await ErrorOf("FROM $NONE AS a\nFROM --platform=$NONE scratch AS b\nFROM scratch\nCOPY --from=a x x\nCOPY --from=b x x\n");

        Assert.Equal([1, 2], error.Others.Prepend(error).Select(e => e.Span!.Line));
    }

    [Fact]
    public async Task A_missing_image_is_told_at_each_stage_that_starts_from_it()
    {
        var error = await ErrorOf("FROM missing AS a\nFROM missing AS b\nFROM scratch\nCOPY --from=a x x\nCOPY --from=b x x\n");

        Assert.Equal([1, 2], error.Others.Prepend(error).Select(e => e.Span!.Line));
        Assert.All(error.Others, other => Assert.Empty(other.Others));
    }

    [Fact]
    public async Task Wrong_global_arguments_are_told_together()
    {
        var error = await ErrorOf("ARG A=${X:?a}\nARG B=ok\nARG C=${B/}\nARG D=${Y:?d}\nFROM scratch\n");

        Assert.Equal([1, 3, 4], error.Others.Prepend(error).Select(e => e.Span!.Line));
    }

    [Fact]
    public async Task What_cannot_be_found_is_told_beside_wrong_values()
    {
        var error = await ErrorOf(
            "FROM scratch AS a\nEXPOSE x\nCOPY --from=5 a b\nSTOPSIGNAL FOO\nCOPY --from=${NONE} a b\nFROM missing AS b\nEXPOSE y\nFROM a\nCOPY --from=b x y\nRUN --mount=from=missing,target=/m z\nEXPOSE z\n");

        Assert.Equal([2, 3, 4, 5, 6, 10, 11], error.Others.Prepend(error).Select(e => e.Span!.Line));
    }

    [Fact]
    public async Task What_stands_on_a_stage_that_cannot_start_is_not_judged()
    {
        var error = await ErrorOf("FROM $NONE AS a\nFROM a AS b\nWORKDIR ${OF_THE_BASE:?}\nFROM b\nCOPY --from=a x y\nEXPOSE x\nFROM scratch\nCOPY --from=2 x y\nEXPOSE x\n");

        Assert.Equal([1, 9], error.Others.Prepend(error).Select(e => e.Span!.Line));
    }
}
