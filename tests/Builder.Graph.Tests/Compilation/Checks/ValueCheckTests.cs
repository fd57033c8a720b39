using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Graph.Compilation;
using Builder.Graph.Inspection;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation.Checks;

/// <summary>The checks that need values, a base image or the context (section 6 of the language).</summary>
public sealed class ValueCheckTests : CompilerTest
{
    [Theory]
    [InlineData("FROM b\nCMD x", "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals")]
    [InlineData("FROM b\nENTRYPOINT x", "2 JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals")]
    [InlineData("FROM b\nSHELL [\"/bin/sh\",\"-c\"]\nCMD x", "")]
    [InlineData("FROM b AS a\nSHELL [\"/bin/sh\",\"-c\"]\nFROM a\nCMD x", "")]
    [InlineData("FROM with-shell\nCMD x", "")]
    [InlineData("FROM b\nWORKDIR a", "2 WorkdirRelativePath: Relative workdir \"a\" can have unexpected results if the base image changes")]
    [InlineData("FROM b\nENV D=/a\nWORKDIR $D\nWORKDIR b", "")]
    [InlineData("FROM b\nWORKDIR a\nWORKDIR b", "2 WorkdirRelativePath: Relative workdir \"a\" can have unexpected results if the base image changes")]
    [InlineData("FROM b AS a\nWORKDIR /a\nFROM a\nWORKDIR b", "")]
    [InlineData("FROM b\nENV A=$NOPE", "2 UndefinedVar: Usage of undefined variable '$NOPE'")]
    [InlineData("FROM b\nENV NOPE1=x\nENV A=$NOPE", "3 UndefinedVar: Usage of undefined variable '$NOPE' (did you mean $NOPE1?)")]
    [InlineData("FROM b\nARG NOPE\nENV A=$NOPE", "")] // declared without a value
    [InlineData("FROM b\nENV A=${NOPE:-x} B=$BASED C=$PATH D=$BUILDKIT_SBOM_SCAN_STAGE", "2 UndefinedVar: Usage of undefined variable '$BASED'")]
    [InlineData("FROM with-shell\nENV B=$BASED", "")]
    [InlineData("FROM b\nRUN echo $NOPE\nCMD [\"$NOPE\"]", "")]
    [InlineData("FROM b$NOPE${X:-y}", "1 UndefinedArgInFrom: FROM argument 'NOPE' is not declared")]
    [InlineData("ARG VERSION=1\nFROM b:1$VERSIN", "2 UndefinedArgInFrom: FROM argument 'VERSIN' is not declared (did you mean VERSION?)")]
    [InlineData("ARG X\nFROM b$X", "")] // declared without a value
    [InlineData("FROM --platform=$BUILDPLATFORM b", "")]
    [InlineData("ARG X\nFROM b:$X", "2 InvalidDefaultArgInFrom: Default value for ARG b:$X results in empty or invalid base image name", "X=1")]
    [InlineData("ARG X=1\nFROM b:$X", "", "X=2")]
    [InlineData("FROM --platform=linux/amd64 b", "1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value \"linux/amd64\"")]
    [InlineData("FROM --platform=linux/amd64 b AS for-amd64", "")]
    [InlineData("FROM --platform=linux/amd64 b AS linux-tools", "")]
    [InlineData("FROM b\nEXPOSE 80/TCP", "2 ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM b\nENV P=\"80/Udp 81/udp\"\nEXPOSE $P", "3 ExposeProtoCasing: Defined protocol '80/Udp' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM b\nEXPOSE 8080:80", "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '8080:80'")]
    [InlineData("FROM b\nEXPOSE [::1]::80/tcp", "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '[::1]::80/tcp'")]
    [InlineData("FROM b\nCOPY a b /c", "2 CopyDestNotDirectory: Several sources are copied to \"/c\": if it is no directory yet, only the last one remains")] // C11
    [InlineData("FROM b\nWORKDIR /c/d\nCOPY a b /c\nCOPY a b .\nCOPY a b /x/\nCOPY a /c\nCOPY --parents a b /y", "")]
    [InlineData("FROM b\nONBUILD CMD x", "2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals")]
    [InlineData("FROM b\nONBUILD EXPOSE ${X?} 80/TCP", "")] // what a variable will be then, nobody knows now
    [InlineData("FROM b\nONBUILD EXPOSE 80/TCP", "2 ExposeProtoCasing: Defined protocol '80/TCP' in EXPOSE instruction should be lowercase")]
    [InlineData("FROM b\nONBUILD RUN <<E\na\nb\nE", "2 HeredocWithoutErrexit: A command in this here-document can fail without failing the build: only the last one counts")]
    [InlineData("FROM b\n# check=skip=JSONArgsRecommended\nONBUILD CMD x", "")]
    [InlineData("FROM b\nONBUILD COPY $nobody knows", "")]
    [InlineData("FROM b\nRUN <<E\na\nb\nE", "2 HeredocWithoutErrexit: A command in this here-document can fail without failing the build: only the last one counts")] // H10
    [InlineData("FROM b\nRUN <<E\nset -eu\na\nb\nE\nRUN <<E\n#!/bin/sh\na\nb\nE\nRUN <<E\n# c\na &&\nb \\\n c\nE\nSHELL [\"/bin/bash\",\"-euo\",\"pipefail\",\"-c\"]\nRUN <<E\na\nb\nE", "")]
    public async Task A_check_finds(string text, string expected, string? buildArg = null)
    {
        Resolver.With("with-shell", new ExecutionConfig { Shell = ["/bin/bash", "-c"], Env = ["BASED=1"] });
        var options = buildArg is null ? new CompileOptions() : WithArgs((buildArg.Split('=')[0], buildArg.Split('=')[1]));
        Assert.Equal(expected, Text((await CompileAsync(text, options)).Warnings));
    }

    [Theory]
    [InlineData("no", "COPY no /", "Copy file \"no\"")]
    [InlineData("no", "COPY ./no/ yes /d/", "Copy file \"no\"")]
    [InlineData("no", "ADD no/a /", "Add file \"no/a\"")]
    [InlineData("*", "COPY . /", "Copy file \".\"")]
    [InlineData("*.x", "COPY . /", null)] // the root is excluded only by what excludes all
    [InlineData("no\n!no/a", "COPY no /", null)] // case 98
    [InlineData("no", "COPY n* /", null)]
    [InlineData("no", "COPY --from=b no /", null)]
    [InlineData("no", "ADD https://example.com/no /", null)]
    public async Task A_copied_file_is_ignored(string ignore, string instruction, string? expected)
    {
        var plan = await CompileAsync("FROM b\n" + instruction, new CompileOptions { Context = new FakeContext(ignore, "nothing") });
        Assert.Equal(expected is null ? "" : $"2 CopyIgnoredFile: Attempting to {expected} that is excluded by .dockerignore", Text(plan.Warnings));
    }

    [Theory]
    [InlineData("COPY *.txt /d/", true)] // C4
    [InlineData("COPY *.go /d/", false)]
    [InlineData("COPY fil[e] /d/", false)] // case 16: how people say "if it is there"
    [InlineData("COPY --from=b *.txt /d/", false)]
    [InlineData("COPY --parents **/*.txt /d/", true)] // C23
    [InlineData("COPY --parents **/*.go /d/", false)]
    [InlineData("COPY **/*.go /d/", true)] // C2: two stars are one
    public async Task A_wildcard_matches_nothing(string instruction, bool found)
    {
        var plan = await CompileAsync("FROM b\n" + instruction, new CompileOptions { Context = new FakeContext(null, "main.go") });
        Assert.Equal(found ? ["CopyNothingMatched"] : [], plan.Warnings.Select(warning => warning.Rule));
    }

    [Fact]
    public async Task A_global_argument_that_was_not_declared_again_is_told_what_to_do() // case 60
    {
        var warning = Assert.Single((await CompileAsync("ARG G=g\nFROM b\nENV A=$G\n")).Warnings);
        Assert.Contains("ARG G", warning.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_speaks_of_the_stages_that_it_needs() // case 54
    {
        const string Text = "FROM b AS Unneeded\nENV a b\nCMD x\nFROM b\n";
        Assert.Equal(["StageNameCasing"], (await CompileAsync(Text)).Warnings.Select(warning => warning.Rule));
        Assert.Equal(["StageNameCasing", "LegacyKeyValueFormat", "JSONArgsRecommended"], (await CheckAsync(Text)).Warnings.Select(warning => warning.Rule));
        Assert.Equal(["StageNameCasing"], (await CheckAsync("FROM b AS Unneeded\nENV a b\nCMD x\nFROM b AS c\n", "c")).Warnings.Select(warning => warning.Rule));
    }

    [Fact]
    public async Task Warnings_that_are_errors_fail_a_build()
    {
        var failure = (await CompileAsync("# check=error=true\nFROM b AS Foo\nCMD x\n")).CheckFailure!;
        Assert.Equal(("BLD3301", "lint violation found for rules: JSONArgsRecommended, StageNameCasing"), (failure.Code.ToString(), failure.Message));
        Assert.Null((await CompileAsync("# check=error=true\nFROM b\n")).CheckFailure);
        Assert.Null((await CompileAsync("# check=error=true\nFROM b\nCMD x\n", WithArgs(("BUILDKIT_DOCKERFILE_CHECK", "skip=all")))).CheckFailure);
        Assert.NotNull((await CompileAsync("FROM b\nCMD x\n", WithArgs(("BUILDKIT_DOCKERFILE_CHECK", "error=true")))).CheckFailure);
    }

    [Fact]
    public async Task What_was_found_before_an_error_is_told_beside_it()
    {
        var report = await CheckAsync("FROM b AS Foo\nCMD x\nEXPOSE nothing\n");
        Assert.Equal(["StageNameCasing", "JSONArgsRecommended"], report.Warnings.Select(warning => warning.Rule));
        Assert.Equal(3, report.Error!.Span!.Line);
    }

    [Fact]
    public async Task Nothing_is_said_of_triggers_of_a_base_image()
    {
        Resolver.With("base", new ExecutionConfig { OnBuild = ["CMD x", "ENV A=$NOPE"] });
        Assert.Empty((await CompileAsync("FROM base\n")).Warnings);
    }

    private Task<CheckReport> CheckAsync(string text, string? target = null) => DockerfileInspector.CheckAsync(
        DockerfileParser.Parse(new SourceText("Dockerfile", text)), new CompileOptions { Target = target }, Resolver, CancellationToken.None);

    private static string Text(IEnumerable<Diagnostic> warnings) =>
        string.Join("\n", warnings.Select(warning => $"{warning.Span!.Line} {warning.Rule}: {warning.Message}"));
}
