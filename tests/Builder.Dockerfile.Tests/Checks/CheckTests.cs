using Builder.Dockerfile.Checks;

namespace Builder.Dockerfile.Tests.Checks;

/// <summary>The checks that need nothing but the text (section 6 of the language), and who silences them.</summary>
public class CheckTests
{
    [Theory]
    [InlineData("FROM a AS Foo", "1:11 StageNameCasing: Stage name 'Foo' should be lowercase")]
    [InlineData("FROM a as foo", "1:8 FromAsCasing: 'as' and 'FROM' keywords' casing do not match")]
    [InlineData("FROM a As foo", "1:8 FromAsCasing: 'As' and 'FROM' keywords' casing do not match")]
    [InlineData("FROM a AS context", "1:11 ReservedStageName: Stage name should not use the same name as reserved stage \"context\"")]
    [InlineData("FROM a AS b\nFROM a AS b", "2:11 DuplicateStageName: Duplicate stage name \"b\", stage names should be unique")]
    [InlineData("FROM --platform=$TARGETPLATFORM a", "1:17 RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior")]
    [InlineData("FROM a\nRUN x \\\n\n y", "3:1 NoEmptyContinuation: Empty continuation line")] // N5
    [InlineData("FROM a\nRUN x \\\n\n\n y", "3:1 NoEmptyContinuation: Empty continuation line")] // one an instruction
    [InlineData("FROM a\nMAINTAINER x", "2:1 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label")]
    [InlineData("FROM a\nENV a b", "2:1 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData("FROM a\nLABEL a b", "2:1 LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key value\" format")]
    [InlineData("FROM a\nCMD [\"x\"]\nCMD [\"y\"]", "2:1 MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage because only the last one will be used")]
    [InlineData("FROM a\nARG MY_TOKEN", "2:5 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"MY_TOKEN\")")]
    [InlineData("FROM a\nrun x", "2:1 ConsistentInstructionCasing: Command 'run' should match the case of the command majority (uppercase)")]
    [InlineData("FROM a\nRun x", "2:1 ConsistentInstructionCasing: Command 'Run' should match the case of the command majority (uppercase)")]
    [InlineData("from a\nrun x\nRUN y", "3:1 ConsistentInstructionCasing: Command 'RUN' should match the case of the command majority (lowercase)")]
    public void A_check_of_buildkit_finds(string text, string expected) => Finds(text, expected);

    [Theory]
    [InlineData("# x\n# escape=`\nFROM a", "2:1 DirectiveIgnored: The directive 'escape' has no effect here")] // D2
    [InlineData("  # syntax=docker/dockerfile:1\nFROM a", "1:3 DirectiveIgnored: The directive 'syntax' has no effect here")] // D5
    [InlineData("#!/usr/bin/env x\n# escape=`\nFROM a", "2:1 DirectiveIgnored: The directive 'escape' has no effect here")] // D7
    [InlineData("FROM a\n# syntax=docker/dockerfile:1\nRUN x", "2:3 DirectiveIgnored: The directive 'syntax' has no effect here")]
    [InlineData("FROM a\nARG --x A", "2:5 FlagIgnored: ARG has no flags here, '--x' is ignored")] // I7
    [InlineData("FROM a\nSTOPSIGNAL --x 9", "2:12 FlagIgnored: STOPSIGNAL has no flags here, '--x' is ignored")]
    [InlineData("FROM a\nHEALTHCHECK --interval=5s NONE", "2:13 FlagIgnored: HEALTHCHECK has no flags here, '--interval=5s' is ignored")]
    [InlineData("FROM a\n# check=skip\nRUN x", "2:9 InvalidCheckComment: The comment silences nothing: invalid check option \"skip\"")] // D9
    [InlineData("FROM a\n# check=error=true\nRUN x", "2:9 InvalidCheckComment: 'error=' has no effect for one instruction")]
    [InlineData("FROM a\nCMD ['a']", "2:5 JSONFormIgnored: The arguments of CMD look like a JSON array, but are plain text: they are no valid JSON")] // I8
    [InlineData("FROM a\nRUN [\"a\",]", "2:5 JSONFormIgnored: The arguments of RUN look like a JSON array, but are plain text: they are no valid JSON")]
    [InlineData("FROM a\nCOPY [\"a\", \"b\"", "2:6 JSONFormIgnored: The arguments of COPY look like a JSON array, but are plain text: they are no valid JSON")]
    [InlineData("FROM a\nVOLUME ['/x']", "2:8 JSONFormIgnored: The arguments of VOLUME look like a JSON array, but are plain text: they are no valid JSON")]
    [InlineData("# check=skip=StageNamesCasing\nFROM a", "1:9 UnknownCheckName: There is no check 'StageNamesCasing' (did you mean StageNameCasing?)")]
    [InlineData("FROM a\n# check=skip=Whatever\nRUN x", "2:9 UnknownCheckName: There is no check 'Whatever'")]
    public void A_check_of_our_own_finds(string text, string expected) => Finds(text, expected);

    [Theory] // the place is that of the trigger, in the file
    [InlineData("FROM a\nONBUILD ENV a b", "2:9 LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\" format")]
    [InlineData("FROM a\nONBUILD ARG \\\n  MY_TOKEN", "3:3 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG \"MY_TOKEN\")")]
    [InlineData("# escape=`\nFROM a\nONBUILD CMD `\n ['a']", "4:2 JSONFormIgnored: The arguments of CMD look like a JSON array, but are plain text: they are no valid JSON")]
    [InlineData("FROM a\nONBUILD ARG --x A", "2:13 FlagIgnored: ARG has no flags here, '--x' is ignored")]
    [InlineData("FROM a\nONBUILD RUN x \\\n\n y", "3:1 NoEmptyContinuation: Empty continuation line")]
    public void A_check_finds_in_a_trigger(string text, string expected) => Finds(text, expected);

    [Theory]
    [InlineData("FROM a\n# check=skip=LegacyKeyValueFormat\nONBUILD ENV a b")]
    [InlineData("FROM a\nONBUILD whatever that is")]
    [InlineData("FROM a\nONBUILD # ENV a b")]
    [InlineData("FROM a\nONBUILD # is no instruction\nENV a=b")]
    public void Nothing_is_found_in_a_trigger(string text) => Assert.Empty(Dockerfiles.Warnings(text));

    [Fact]
    public void An_ambiguous_name_is_told_which_stage_it_means() // B4
    {
        var warnings = Dockerfiles.Warnings("# check=skip=DuplicateStageName\nFROM a AS b\nFROM c AS b\nFROM b AS d\nCOPY --from=B x y\nRUN --mount=from=b,target=/t x\nFROM e AS b\n");
        Assert.Equal(
            [
                "4 Several stages are named \"b\", meant is the one of line 3, the last one above",
                "5 Several stages are named \"B\", meant is the one of line 7, the last one of the file",
                "6 Several stages are named \"b\", meant is the one of line 7, the last one of the file",
            ],
            warnings.Where(warning => warning.Rule == "AmbiguousStageName").Select(warning => $"{warning.Span!.Line} {warning.Message}"));
    }

    [Theory]
    [InlineData("FROM a AS foo\nFROM b AS bar\nFROM c\nENV PUBLIC_KEY=x KEY_FILE=y KEYNOTE=z TOKEN_VERSION=1")]
    [InlineData("from a as foo\nrun x")]
    [InlineData("From a as foo\nRUN x", "ConsistentInstructionCasing")] // of a FROM in mixed case only that is said
    [InlineData("FROM a\nRUN [ \"$x\" = \"y\" ] && z\nRUN [ -f x ]\nRUN [[ x ]]\nRUN [ \"$x\" ]")] // a shell's test, no JSON
    [InlineData("# syntax=docker/dockerfile:1\n# escape=`\n# check=skip=MaintainerDeprecated\n# a comment\nFROM a\nMAINTAINER x")]
    [InlineData("#!/usr/bin/env x\n# syntax=docker/dockerfile:1\nFROM a")] // D7
    public void Nothing_is_found(string text, string? but = null) =>
        Assert.DoesNotContain(Dockerfiles.Warnings(text), warning => warning.Rule != but);

    [Theory]
    [InlineData("# check=skip=StageNameCasing,FromAsCasing\nFROM a as Foo", "")]
    [InlineData("# check=skip=stagenamecasing\nFROM a AS Foo", "")]
    [InlineData("# check=skip=all\nFROM a as Foo", "")]
    [InlineData("FROM a\n# check=skip=MaintainerDeprecated // for a reason\nMAINTAINER x", "")] // D9
    [InlineData("# a\n# check=skip=StageNameCasing\nFROM a AS Foo\nFROM b AS Bar", "StageNameCasing 4")] // D9: of one instruction
    [InlineData("# says nothing\nFROM a AS foo", "")]
    [InlineData("# check=experimental=all\n# says nothing\nFROM a AS foo", "InvalidDefinitionDescription 2")]
    [InlineData("# check=experimental=InvalidDefinitionDescription;skip=all\n# says nothing\nFROM a AS Foo", "InvalidDefinitionDescription 2")]
    [InlineData("# check=experimental=all\n# says nothing\n\nFROM a AS foo", "")] // a blank line between
    [InlineData("# check=experimental=all\n# foo is it\nFROM a AS foo\n# nor this\nARG X Y", "InvalidDefinitionDescription 4")]
    public void The_file_chooses(string text, string expected) => Assert.Equal(expected, Found(text));

    [Theory]
    [InlineData("", "StageNameCasing 2")] // D8: even an empty one replaces the file's
    [InlineData("skip=StageNameCasing", "")]
    [InlineData("skip=FromAsCasing;error=true", "StageNameCasing 2")]
    public void The_build_argument_takes_the_place_of_the_directive(string buildArg, string expected) =>
        Assert.Equal(expected, Found("# check=skip=all\nFROM a AS Foo", buildArg));

    [Theory]
    [InlineData("# check=error=true\nFROM a", null, true)]
    [InlineData("# check=error=true\nFROM a", "skip=all", false)] // D8
    [InlineData("FROM a", "error=1", true)]
    [InlineData("FROM a\n# check=error=true\nRUN x", null, false)] // D9
    public void Findings_are_errors_when_somebody_says_so(string text, string? buildArg, bool expected) =>
        Assert.Equal(expected, CheckSettings.Of(Dockerfiles.Parse(text), buildArg).Error);

    [Fact]
    public void A_malformed_build_argument_is_an_error()
    {
        var error = Assert.Throws<DockerfileException>(() => Dockerfiles.Warnings("FROM a", "error=perhaps"));
        Assert.Contains("invalid check option \"error=perhaps\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_twenty_two_checks_of_buildkit_one_of_them_experimental()
    {
        Assert.Equal(22, CheckRules.All.Count(rule => !rule.IsOwn));
        Assert.Equal("InvalidDefinitionDescription", Assert.Single(CheckRules.All, rule => rule.IsExperimental).Name);
        Assert.Equal(CheckRules.All.Length, CheckRules.All.Select(rule => rule.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());
    }

    [Fact]
    public void The_addresses_of_buildkits_pages_are_known()
    {
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/json-args-recommended/", CheckRules.JSONArgsRecommended.Url);
        Assert.Equal("https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/", CheckRules.SecretsUsedInArgOrEnv.Url);
        Assert.Equal("spec/checks/InvalidBaseImagePlatform.md", CheckRules.InvalidBaseImagePlatform.Url); // the one without a page
    }

    private static void Finds(string text, string expected)
    {
        var warning = Assert.Single(Dockerfiles.Warnings(text));
        Assert.Equal(expected, $"{warning.Span!.Line}:{warning.Span.Column} {warning.Rule}: {warning.Message}");
    }

    private static string Found(string text, string? buildArg = null) =>
        string.Join(", ", Dockerfiles.Warnings(text, buildArg).Select(warning => $"{warning.Rule} {warning.Span!.Line}"));
}
