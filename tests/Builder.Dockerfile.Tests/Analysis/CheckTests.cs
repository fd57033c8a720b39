namespace Builder.Dockerfile.Tests.Analysis;

/// <summary>The checks that parsing does in passing (section 6 of the language).</summary>
public class CheckTests
{
    [Theory]
    [InlineData("FROM a AS Foo", "1:11 StageNameCasing: Stage name 'Foo' should be lowercase")]
    [InlineData("FROM a as foo", "1:8 FromAsCasing: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("FROM a AS context", "1:11 ReservedStageName: Stage name should not use the same name as reserved stage \"context\"")]
    [InlineData("FROM a AS b\nFROM a AS b", "2:11 DuplicateStageName: Duplicate stage name \"b\", stage names should be unique")]
    [InlineData("FROM --platform=$TARGETPLATFORM a", "1:17 RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior")]
    [InlineData("FROM a\nRUN x \\\n\n y", "3:1 NoEmptyContinuation: Empty continuation line")]
    [InlineData("FROM a\nMAINTAINER x", "2:1 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label")]
    [InlineData("FROM a\nENV a b", "2:1 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData("FROM a\nCMD [\"x\"]\nCMD [\"y\"]", "2:1 MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a\nARG MY_TOKEN", "2:5 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"MY_TOKEN\")")]
    [InlineData("FROM a\nrun x", "2:1 ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase)")]
    [InlineData("from a\nrun x\nRUN y", "3:1 ConsistentInstructionCasing: Command 'RUN' should match the case of the command majority (lowercase)")]
    public void A_check_finds(string text, string expected)
    {
        var warning = Assert.Single(Dockerfiles.Parse(text).Warnings);
        Assert.Equal(expected, $"{warning.Span!.Line}:{warning.Span.Column} {warning.Rule}: {warning.Message}");
    }

    [Theory]
    [InlineData("FROM a AS foo\nfrom b as bar\nfrom c\nENV PUBLIC_KEY=x KEY_FILE=y KEYNOTE=z")]
    [InlineData("# check=skip=StageNameCasing,FromAsCasing\nFROM a as Foo")]
    [InlineData("# check=skip=all\nFROM a as Foo")]
    [InlineData("FROM a\n# check=skip=MaintainerDeprecated // for a reason\nMAINTAINER x")] // D9
    public void A_check_is_silent(string text)
    {
        Assert.DoesNotContain(Dockerfiles.Parse(text).Warnings, warning => warning.Rule != "ConsistentInstructionCasing");
    }
}
