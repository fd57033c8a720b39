using CsCheck;

namespace Builder.Dockerfile.Tests;

/// <summary>Texts that are Dockerfiles, nearly Dockerfiles, and anything.</summary>
internal static class AnyText
{
    private static readonly string[] Pieces =
    [
        "FROM ", "RUN ", "COPY ", "ADD ", "ENV ", "ARG ", "LABEL ", "ONBUILD ", "HEALTHCHECK ", "CMD ", "VOLUME ", "EXPOSE ",
        "--mount=", "--from=", "--", "--link ", "a", "b=c", " ", "  ", "\t", "\n", "\r\n", "\\\n", "\\", "`", "#", "# escape=`\n",
        "<<E", "<<-E", "<< E", "\nE\n", "\n\tE\n", "\n", " \\\n  ", "CMD ", "cmd ", "run ", "\n# c\n", "SHELL ", "STOPSIGNAL ", "USER ", "WORKDIR ", "NONE", "--interval=1s ", "\n# check=skip=all\n", "[\"b\" , \"c\"]", "\n \n", "\n#!x\n", "[\"a\"]", "[", "]", "\"", "'", "$x", "${", "}", ",", "type=cache", " AS x", "\uFEFF", "\u00a0", "ä", "\ud83d\ude00", "\ud800", "\0",
    ];

    public static readonly Gen<string> Gen = CsCheck.Gen.Frequency(
        (6, CsCheck.Gen.OneOf(Pieces).Array[0, 40].Select(string.Concat)),
        (6, CsCheck.Gen.OneOf(Pieces).Array[0, 40].Select(pieces => "FROM a\n" + string.Concat(pieces))),
        (1, CsCheck.Gen.String));

    /// <summary>Instructions that parse; <c>~</c> is where blanks may be, <c>^</c> where a continuation may run through a word.</summary>
    private static readonly string[] Instructions =
    [
        "FROM~--platform=$x~alpine~as~b", "FR^OM a", "ARG~A^=1~B~'c d'=e", "ENV~a=b~\"c d\"=e^f~g=", "ENV~a~b~c", "LABEL~a.b=\"c~d\"", "RUN~make^~x",
        "run~--mount=type=tmp^fs,target=/x~--network=none~a~&&~b", "RUN~[~\"a\"~,~\"b c\"~]", "RUN~--~--y", "RUN [a", "CMD", "CMD~[]", "cmd~x~y",
        "ENTRYPOINT~[~\"a^b\"~]", "SHELL~[\"a\"]", "COPY~--from=b~--link~a~b^c~/d/", "COPY~[\"a b\",~\"c\"]", "ADD~--chmod=u+x~a~b", "ADD~<<A~<<-\"B\"~/d/\n$x\\\n\r\nA\n\t# x\n\tB",
        "RUN~<<E\n# x \n\nE", "RUN~cat~<<E~|~tr\n\tx\nE", "RUN~<<E~3<<-F\nE\n\tF", "COPY~a~<<^E~/x\nE", "WORKDIR~/a~b", "USER~a^b", "VOLUME~/a~/b", "VOLUME~[~\"/a\"~]", "EXPOSE~90~80/udp",
        "STOPSIGNAL~9", "STOPSIGNAL~--x~9", "HEALTHCHECK~none", "healthcheck~--interval=1s~--retries=2~cmd~curl~x", "HEALTHCHECK~CMD~[~\"a\"~]", "MAINTAINER~a~<b>",
        "ONBUILD~run^~a~b", "ONBUILD~COPY~[\"a\",~\"b\"]", "ONBUILD~RUN~<<E\nx\nE", "# check=skip=all", "  # comment x ", "#", "", "\t",
    ];

    private static readonly Gen<string> Gaps = CsCheck.Gen.Frequency(
        (6, CsCheck.Gen.OneOf(" ", "  ", "\t")),
        (3, CsCheck.Gen.OneOf(" \\\n", "\\\n ", " \\ \r\n\t", " \\\n  # c \n ", " \\\n\n \n  ", " \\\n\\\n#c\n  \\\n ")));

    private static readonly Gen<string> Joints = CsCheck.Gen.Frequency((6, CsCheck.Gen.Const("")), (1, CsCheck.Gen.OneOf("\\\n", "\\ \n# c\n", "\\\n\n")));

    private static readonly Gen<string> OneInstruction =
        CsCheck.Gen.Select(CsCheck.Gen.OneOf(Instructions), Gaps.Array[16], Joints.Array[3], CsCheck.Gen.OneOf("", "", " ", "\t", "\u00a0"), CsCheck.Gen.OneOf("\n", "\n", "\r\n", "\n\n\n"))
            .Select((text, gaps, joints, trail, end) => Fill(Fill(text, '~', gaps), '^', joints) + (text.Contains('\n', StringComparison.Ordinal) ? "" : trail) + end);

    /// <summary>Dockerfiles in strange layouts.</summary>
    public static readonly Gen<string> Dockerfile =
        CsCheck.Gen.Select(CsCheck.Gen.OneOf("", "\uFEFF", "\n", "# c\n", "# syntax=x\n\n", " # check=skip=all\n", "#!x\n # syntax=y\n", "ARG a\n"), OneInstruction.Array[0, 8])
            .Select((top, instructions) => top + "FROM a\n" + string.Concat(instructions));

    private static string Fill(string text, char place, string[] fillings)
    {
        var parts = text.Split(place);
        return string.Concat(parts.Select((part, i) => i == 0 ? part : fillings[(i - 1) % fillings.Length] + part));
    }
}
