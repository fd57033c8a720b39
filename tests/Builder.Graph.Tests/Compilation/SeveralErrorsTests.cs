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
}
