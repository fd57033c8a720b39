namespace Builder.Dockerfile.Tests;

/// <summary>The exact text and place of what the parser complains about.</summary>
public class ErrorTests
{
    [Theory]
    [InlineData("", "1:1 BLD3001 the Dockerfile cannot be empty")] // L4
    [InlineData("\n# only a comment\n", "1:1 BLD3001 file with no instructions")]
    [InlineData("ARG a\n", "1:1 BLD3001 dockerfile contains no stages to build")]
    [InlineData("\n  RUN x\nFROM a", "2:3 BLD3002 dockerfile parse error on line 2: no build stage in current context")]
    public void A_file_needs_a_stage(string text, string expected) => Assert.Equal(expected, Dockerfiles.Error(text));

    [Theory]
    [InlineData("FORM a", "1:1 BLD3003 unknown instruction: FORM (did you mean FROM?)")] // I1
    [InlineData("blubber a", "1:1 BLD3003 unknown instruction: blubber")]
    [InlineData("FROM", "1:1 BLD3006 FROM requires either one or three arguments")] // F1
    [InlineData("FROM a b", "1:6 BLD3006 FROM requires either one or three arguments")]
    [InlineData("FROM a at b", "1:6 BLD3006 FROM requires either one or three arguments")]
    [InlineData("FROM a AS 1a", "1:11 BLD3009 invalid name for build stage: \"1a\", name can't start with a number or contain symbols")] // F3
    [InlineData("FROM --platfrom=x a", "1:6 BLD3005 unknown flag: --platfrom (did you mean platform?)")] // I6
    [InlineData("FROM --platform a", "1:6 BLD3005 missing a value on flag: --platform")]
    [InlineData("FROM --platform=a --platform=b a", "1:19 BLD3005 duplicate flag specified: --platform")]
    public void From_and_the_keyword(string text, string expected) =>
        Assert.Equal(WithLine(expected, 1), Dockerfiles.Error(text));

    [Theory]
    [InlineData("ARG", "2:1 BLD3006 ARG requires at least one argument")] // A1
    [InlineData("ARG =x", "2:5 BLD3006 ARG names can not be blank")]
    [InlineData("ENV a=b c", "2:9 BLD3006 Syntax error - can't find = in \"c\". Must be of the form: name=value")] // E1
    [InlineData("ENV A=b # c", "2:9 BLD3006 Syntax error - can't find = in \"#\". Must be of the form: name=value")] // N1
    [InlineData("ENV a", "2:5 BLD3006 ENV must have two arguments")]
    [InlineData("ENV =a", "2:6 BLD3006 ENV names can not be blank")]
    [InlineData("LABEL", "2:1 BLD3006 LABEL requires at least one argument")]
    [InlineData("ENV --x=1 a=b", "2:5 BLD3005 unknown flag: --x")] // I7
    [InlineData("RUN [\"a\", 1]", "2:11 BLD3007 when using JSON array syntax, arrays must be comprised of strings only")] // I8
    [InlineData("RUN [\"ä\", [\"b\"]]", "2:11 BLD3007 when using JSON array syntax, arrays must be comprised of strings only")]
    [InlineData("RUN --network=nat x", "2:15 BLD3005 invalid network mode: \"nat\"")]
    [InlineData("RUN --security=no x", "2:16 BLD3005 security \"no\" is not valid")]
    [InlineData("RUN --mount=from=$x,target=/x y", "2:13 BLD3010 'from' doesn't support variable expansion, define alias stage instead")] // M2
    [InlineData("RUN --mount=a\\\"b y", "2:13 BLD3010 misplaced quote in mount \"a\"b\"")]
    [InlineData("COPY --link=1 x y", "2:6 BLD3005 expecting boolean value for flag --link, not: 1")] // I5
    [InlineData("COPY --link= x y", "2:6 BLD3005 missing a value on flag: --link")]
    [InlineData("COPY --lnk x y", "2:6 BLD3005 unknown flag: --lnk (did you mean link?)")]
    [InlineData("COPY --from=$X x y", "2:13 BLD3005 variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround")]
    [InlineData("COPY x", "2:6 BLD3006 COPY requires at least two arguments, but only one was provided. Destination could not be determined")]
    [InlineData("ADD", "2:1 BLD3006 ADD requires at least two arguments")]
    [InlineData("ADD --from=a x y", "2:5 BLD3005 unknown flag: --from")]
    [InlineData("WORKDIR", "2:1 BLD3006 WORKDIR requires exactly one argument")]
    [InlineData("EXPOSE", "2:1 BLD3006 EXPOSE requires at least one argument")]
    [InlineData("VOLUME []", "2:8 BLD3006 VOLUME requires at least one argument")]
    [InlineData("VOLUME [\"a\", \" \"]", "2:14 BLD3006 VOLUME specified can not be an empty string")]
    [InlineData("SHELL /bin/sh", "2:7 BLD3007 SHELL requires the arguments to be in JSON form")]
    [InlineData("SHELL []", "2:7 BLD3006 SHELL requires at least one argument")]
    [InlineData("HEALTHCHECK", "2:1 BLD3006 HEALTHCHECK requires at least one argument")]
    [InlineData("HEALTHCHECK NONE x", "2:18 BLD3006 HEALTHCHECK NONE takes no arguments")] // T1
    [InlineData("HEALTHCHECK foo", "2:13 BLD3006 Unknown type \"FOO\" in HEALTHCHECK (try CMD)")] // T2
    [InlineData("HEALTHCHECK CMD", "2:13 BLD3006 Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK --interval=1us CMD x", "2:24 BLD3005 Interval \"interval\" cannot be less than 1ms")] // T3
    [InlineData("HEALTHCHECK --timeout=5 CMD x", "2:23 BLD3005 invalid duration \"5\"")]
    [InlineData("HEALTHCHECK --retries=-1 CMD x", "2:23 BLD3005 --retries cannot be negative (-1)")]
    [InlineData("ONBUILD", "2:1 BLD3006 ONBUILD requires at least one argument")] // O1
    [InlineData("ONBUILD onbuild RUN x", "2:9 BLD3011 Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("ONBUILD FROM x", "2:9 BLD3011 FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("ONBUILD MAINTAINER x", "2:9 BLD3011 MAINTAINER isn't allowed as an ONBUILD trigger")]
    public void Each_instruction_has_its_own(string text, string expected) =>
        Assert.Equal(WithLine(expected, 2), Dockerfiles.Error("FROM scratch\n" + text));

    [Fact]
    public void A_place_behind_a_continuation_is_exact()
    {
        Assert.StartsWith("4:3 BLD3006 dockerfile parse error on line 2:", Dockerfiles.Error("FROM a\nENV a=b \\\n# x\n  c\n"), StringComparison.Ordinal);
    }

    private static string WithLine(string expected, int line)
    {
        var parts = expected.Split(' ', 3);
        return $"{parts[0]} {parts[1]} dockerfile parse error on line {line}: {parts[2]}";
    }
}
