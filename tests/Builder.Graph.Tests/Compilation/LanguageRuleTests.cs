using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Rules of the language, each shown whole and named by its number: arguments, stages, variables and bases.</summary>
public sealed class LanguageRuleTests : CompilerTest
{
    [Theory] // O1, O2: nothing is said until it is triggered, and then the place is that of the trigger
    [InlineData("FROM scratch AS a\nONBUILD CPOY x y\n{0}", "2:9 unknown instruction: CPOY (did you mean COPY?)")]
    [InlineData("FROM scratch AS a\nONBUILD COPY \\\n  --chmod=999 x y\n{0}", "3:11 invalid chmod parameter: '999'. it should be octal string and between 0 and 07777")]
    [InlineData("FROM scratch AS a\nONBUILD # x\nRUN y\n{0}", "2:9 an ONBUILD trigger must be a single instruction")]
    public async Task O2_an_error_of_a_trigger_is_told_where_the_trigger_stands(string text, string expected)
    {
        await CompileAsync(text.Replace("{0}", "", StringComparison.Ordinal));
        var error = await ErrorOf(text.Replace("{0}", "FROM a\nUSER u\n", StringComparison.Ordinal));
        Assert.Equal(expected, $"{error.Span!.Line}:{error.Span.Column} {error.Message}");
    }

    [Theory]
    [InlineData("ARG A=1 B=$A-x\nARG C=${B}-$TARGETARCH\nFROM base:$C\n", "base:1-x-riscv64")] // earlier words, earlier instructions, the platform
    [InlineData("ARG GIVEN=no\nFROM base:$GIVEN\n", "base:build")]
    [InlineData("ARG EMPTY=no\nFROM base:x${EMPTY}y\n", "base:xy")]
    [InlineData("ARG U\nFROM base:${U-unset}\n", "base:unset")]
    [InlineData("ARG EMPTY\nFROM base:${EMPTY-unset}set\n", "base:set")]
    [InlineData("ARG A=$B B=1\nFROM base:x$A\n", "base:x")]
    public async Task A2_a_global_argument_is_given_or_expanded_or_unset(string text, string image)
    {
        var options = WithArgs(("GIVEN", "build"), ("EMPTY", "")) with { TargetPlatform = Platform.Parse("linux/riscv64") };
        var plan = await CompileAsync(text + "ENV SEEN=[$A$B$C$GIVEN]\n", options);

        Assert.Equal([image + " linux/riscv64"], Resolver.Asked);
        Assert.Contains("SEEN=[]", plan.Image.Config.Env!);
    }

    [Theory]
    [InlineData("ARG X=default", "X=default")]
    [InlineData("ARG X=$D-1", "X=d-1")]
    [InlineData("ARG GIVEN=default", "GIVEN=build")]
    [InlineData("ARG EMPTY=default", "EMPTY=")]
    [InlineData("ARG GLOBAL", "GLOBAL=global")]
    [InlineData("ARG GLOBAL=default", "GLOBAL=default")]
    [InlineData("ARG TARGETARCH", "TARGETARCH=riscv64")]
    [InlineData("ARG NOWHERE", null)]
    public async Task A3_an_argument_of_a_stage_is_given_or_expanded_or_global_or_unset(string argument, string? variable)
    {
        var options = WithArgs(("GIVEN", "build"), ("EMPTY", "")) with { TargetPlatform = Platform.Parse("linux/riscv64") };
        var run = await LastOperation<RunOperation>($"ARG GLOBAL=global\nFROM scratch\nENV D=d\n{argument}\nRUN x\n", options);

        Assert.Equal(variable is null ? [DefaultPath, "D=d"] : [DefaultPath, "D=d", variable], run.Environment);
    }

    [Fact]
    public async Task A5_and_A6_an_argument_is_a_variable_from_its_line_on_and_in_children_and_never_in_the_config()
    {
        const string Text = """
            FROM scratch AS parent
            ENV BEFORE=[$V]
            ARG V=v
            ENV AFTER=[$V]
            FROM scratch AS sibling
            ENV SIBLING=[$V]
            RUN sibling
            FROM parent
            COPY --from=sibling / /
            WORKDIR /$V
            RUN child
            """;
        var plan = await CompileAsync(Text);
        var runs = Operations<RunOperation>(plan).ToDictionary(run => run.Arguments[^1], run => run.Environment);

        Assert.Equal([DefaultPath, "BEFORE=[]", "V=v", "AFTER=[v]"], runs["child"]);
        Assert.Equal([DefaultPath, "SIBLING=[]"], runs["sibling"]);
        Assert.Equal([DefaultPath, "BEFORE=[]", "AFTER=[v]"], plan.Image.Config.Env);
        Assert.Equal("/v", plan.Image.Config.WorkingDir);
    }

    [Fact]
    public async Task A9_a_build_argument_of_a_stage_that_is_not_needed_has_no_effect()
    {
        const string Text = "FROM scratch AS unneeded\nARG V=1\nRUN x\nFROM scratch\nRUN y $V\n";
        var (with, without) = (await CompileAsync(Text, WithArgs(("V", "2"))), await CompileAsync(Text));

        Assert.Equal(without.Root!.Digest, with.Root!.Digest);
        Assert.Equal(without.Image.Steps.Select(step => step.CreatedBy), with.Image.Steps.Select(step => step.CreatedBy));
        Assert.Equal(without.Warnings.Count, with.Warnings.Count);
    }

    /// <summary>That stages which do not need each other run at the same time is the solver's to show.</summary>
    [Fact]
    public async Task B2_stages_are_needed_by_from_copy_mount_and_trigger_and_all_are_parsed()
    {
        Resolver.With("triggers", new ExecutionConfig { OnBuild = ["COPY --from=by-trigger / /"] });
        const string Text = """
            FROM scratch AS by-copy
            RUN copied
            FROM scratch AS by-mount
            RUN mounted
            FROM scratch AS by-trigger
            RUN triggered
            FROM missing AS unneeded
            RUN unneeded
            FROM triggers AS by-from
            RUN from
            FROM by-from AS target
            COPY --from=by-copy / /
            RUN --mount=from=by-mount,target=/m last
            FROM missing
            RUN below the target
            """;
        var plan = await CompileAsync(Text, new CompileOptions { Target = "target" });

        Assert.Equal(["copied", "from", "last", "mounted", "triggered"], Operations<RunOperation>(plan).Select(run => run.Arguments[^1]).Order(StringComparer.Ordinal));
        Assert.Equal([$"triggers:latest {Platform.Host}"], Resolver.Asked);
        var error = await ErrorOf("FROM scratch AS unneeded\nNONSENSE\nFROM scratch\nUSER u\n");
        Assert.Contains("unknown instruction: NONSENSE", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task B5_a_stage_inherits_the_whole_config_the_arguments_the_history_and_that_it_has_a_working_directory()
    {
        const string Instructions = """
            ARG A=1 GIVEN=default
            ENV E=2
            WORKDIR /w
            USER u
            LABEL l=v
            VOLUME /v
            EXPOSE 80
            HEALTHCHECK CMD check
            SHELL ["/s"]
            STOPSIGNAL 9
            MAINTAINER m
            ENTRYPOINT ["e"]
            CMD ["c"]

            """;
        var options = WithArgs(("GIVEN", "build"));
        var parent = await CompileAsync("FROM scratch\n" + Instructions, options);
        var child = await CompileAsync("FROM scratch AS p\n" + Instructions + "FROM p\n", options);

        Assert.Equal(OciJson.Write(parent.Image.Config), OciJson.Write(child.Image.Config));
        Assert.Equal(["2", "/w", "u", "v", "/v", "80/tcp", "CMD-SHELL", "/s", "9", "e", "c"], Values(child.Image.Config));
        Assert.Equal("m", child.Image.Author);
        Assert.Equal(parent.Image.Steps.Select(step => step.CreatedBy), child.Image.Steps.Select(step => step.CreatedBy));
        var run = await LastOperation<RunOperation>("FROM scratch AS p\n" + Instructions + "FROM p\nRUN x\n", options);
        Assert.Equal([DefaultPath, "A=1", "GIVEN=build", "E=2"], run.Environment);
        Assert.DoesNotContain((await CompileAsync("FROM base AS p\nWORKDIR /w\nFROM p\nWORKDIR rel\n")).Warnings, warning => warning.Rule == "WorkdirRelativePath");
        Assert.Contains((await CompileAsync("FROM base AS p\nFROM p\nWORKDIR rel\n")).Warnings, warning => warning.Rule == "WorkdirRelativePath");

        static string[] Values(ExecutionConfig config) =>
        [
            config.Env![1]["E=".Length..], config.WorkingDir!, config.User!, config.Labels!["l"], config.Volumes!.Keys.Single(), config.ExposedPorts!.Keys.Single(),
            config.Healthcheck!.Test![0], config.Shell![0], config.StopSignal!, config.Entrypoint![0], config.Cmd![0],
        ];
    }

    [Theory]
    [InlineData("ENV \"a b\"=c", "a b=c")]
    [InlineData("ENV $k=c", "key=c")]
    [InlineData("ENV x${k}'y'=c", "xkeyy=c")]
    [InlineData("ENV v=a\\ b", "v=a b")]
    [InlineData("ENV v=\"a b\"", "v=a b")]
    [InlineData("ENV v='a b'", "v=a b")]
    [InlineData("ENV v=\"$k \"'$k'", "v=key $k")]
    public async Task E3_keys_and_values_are_expanded_and_unquoted(string instruction, string variable) =>
        Assert.Equal([DefaultPath, "k=key", variable], (await ConfigOf($"FROM scratch\nENV k=key\n{instruction}\n")).Env);

    [Fact]
    public async Task E4_and_E5_a_variable_is_replaced_in_its_place_and_nothing_is_ever_unset()
    {
        Resolver.With("base", new ExecutionConfig { Env = ["A=1", "PATH=/bin", "B=2"], Labels = new Dictionary<string, string> { ["l"] = "old", ["m"] = "kept" } });
        var config = await ConfigOf("FROM base\nENV C=3 A=4\nENV C=\nENV PATH=/x B=$NOTHING\nLABEL l=1 l=2\nLABEL l= n=\n");

        Assert.Equal(["A=4", "PATH=/x", "B=", "C="], config.Env);
        Assert.Equal([("l", ""), ("m", "kept"), ("n", "")], config.Labels!.Select(label => (label.Key, label.Value)));
        Assert.Equal("2", (await ConfigOf("FROM base\nLABEL l=1 l=2\n")).Labels!["l"]);
    }

    [Theory]
    [InlineData("FROM \"base\"", "base:latest linux/s390x")]
    [InlineData("FROM 'ba'\"$T\"", "base:latest linux/s390x")]
    [InlineData("FROM base:$V", "base:1 linux/s390x")]
    [InlineData("FROM --platform=$P base", "base:latest linux/ppc64le")]
    [InlineData("FROM --platform=\"$P\" base", "base:latest linux/ppc64le")]
    public async Task F2_image_and_platform_are_expanded_and_unquoted(string from, string asked)
    {
        await CompileAsync($"ARG V=1 T=se P=linux/ppc64le\n{from}\n", new CompileOptions { TargetPlatform = Platform.Parse("linux/s390x") });
        Assert.Equal([asked], Resolver.Asked);
    }

    [Fact]
    public async Task F2_only_global_arguments_count_a_missing_one_is_empty_with_a_warning_and_nothing_is_no_base()
    {
        var plan = await CompileAsync("FROM scratch\nARG X=1\nENV Y=2\nFROM base$X$Y\n");

        Assert.Equal([$"base:latest {Platform.Host}"], Resolver.Asked);
        Assert.Equal(["UndefinedArgInFrom", "UndefinedArgInFrom"], plan.Warnings.Select(warning => warning.Rule));
        Assert.Contains("base name (${X}) should not be blank", (await ErrorOf("ARG X\nFROM ${X}\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task F4_a_base_is_a_named_context_then_an_earlier_stage_then_scratch_then_an_image()
    {
        const string Shadowed = "FROM scratch AS name\nUSER stage\nFROM name\n";

        Assert.Equal("stage", (await ConfigOf(Shadowed)).User);
        Assert.Empty(Resolver.Asked);
        await CompileAsync(Shadowed, WithContext("docker.io/library/name:latest", new ImageContext(ImageReference.Parse("other:2"))));
        Assert.Equal([$"other:2 {Platform.Host}"], Resolver.Asked);
        Assert.Contains("must be lowercase", (await ErrorOf("FROM scratch AS name\nFROM Name\n")).Message, StringComparison.Ordinal);
        Assert.Contains("must be lowercase", (await ErrorOf("FROM Scratch\n")).Message, StringComparison.Ordinal);
        Assert.Null((await CompileAsync("FROM scratch\n")).Image.Base);
        Resolver.Asked.Clear();
        await CompileAsync("FROM scratch AS one\nFROM 0\n");
        Assert.Equal([$"0:latest {Platform.Host}"], Resolver.Asked);
        Resolver.Asked.Clear();
        await CompileAsync("FROM later:3\nFROM later AS two\nFROM scratch AS later\nFROM two\n");
        Assert.Equal([$"later:latest {Platform.Host}"], Resolver.Asked);
    }

    [Fact]
    public async Task F8_a_reserved_name_is_only_warned_of_and_scratch_stays_empty()
    {
        var plan = await CompileAsync("FROM base AS scratch\nENV A=1\nFROM base AS context\nENV B=1\nFROM context AS c\nFROM scratch\n");

        Assert.Null(plan.Root);
        Assert.Equal([DefaultPath], plan.Image.Config.Env);
        Assert.Contains("B=1", (await ConfigOf("FROM base AS context\nENV B=1\nFROM context\n")).Env!);
        Assert.Equal(["ReservedStageName", "ReservedStageName"], plan.Warnings.Select(warning => warning.Rule));
    }

    [Theory]
    [InlineData("COPY [\"a'b\", \"/x\"]")]
    [InlineData("ADD [\"a\", \"/x'\"]")]
    [InlineData("VOLUME [\"/a'b\"]")]
    public async Task I10_a_quote_in_a_json_element_has_to_end(string instruction) =>
        Assert.Contains("looking for matching single-quote", (await ErrorOf($"FROM scratch\n{instruction}\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("COPY")]
    [InlineData("ADD")]
    public async Task I10_json_elements_are_expanded_and_unquoted(string keyword)
    {
        var copy = await LastOperation<CopyOperation>($"FROM scratch\nENV V=v\n{keyword} [\"'a b'$V\", \"/\\\"$V w\\\"/\"]\n");

        Assert.Equal(("/a bv", "/v w"), (Assert.Single(copy.Sources).Path, copy.Destination));
        Assert.Equal(["/a v"], (await ConfigOf("FROM scratch\nENV V=v\nVOLUME [\"'/a '$V\"]\n")).Volumes!.Keys);
    }

    [Theory]
    [InlineData("?mtime=commit&fetch-by-commit", null, null)]
    [InlineData("?mtime=checkout&fetch-by-commit=true&submodules=1&keep-git-dir=false", null, null)]
    [InlineData("?ref=r&subdir=s", "r", "/s")]
    [InlineData("#r", "r", null)]
    [InlineData("#r:s", "r", "/s")]
    [InlineData("#:s", null, "/s")]
    public async Task G6_what_a_repositorys_address_may_say(string said, string? reference, string? subdirectory)
    {
        var git = Assert.Single(Operations<GitOperation>(await CompileAsync($"FROM scratch\nADD https://h/r.git{said} /\n")));
        Assert.Equal((reference, subdirectory, false, true), (git.Reference, git.Subdirectory, git.KeepGitDirectory, git.Submodules));
    }

    [Fact]
    public async Task V7_what_expansion_gives_is_neither_expanded_again_nor_split_but_for_ports()
    {
        var plan = await CompileAsync("FROM scratch\nENV a='$b' b=1 two=\"x y\" ports=\"80 90\"\nENV c=$a\nWORKDIR /$two\nEXPOSE $ports\nCOPY $two /d\n");

        Assert.Contains("c=$b", plan.Image.Config.Env!);
        Assert.Equal("/x y", plan.Image.Config.WorkingDir);
        Assert.Equal(["80/tcp", "90/tcp"], plan.Image.Config.ExposedPorts!.Keys);
        Assert.Equal(["/x y"], Assert.IsType<CopyOperation>(plan.Root!.Operation).Sources.Select(source => source.Path));
    }

    [Fact]
    public async Task F3_a_stage_has_dots_dashes_and_underscores_in_its_name_and_capitals_only_with_a_remark()
    {
        var plan = await CompileAsync("FROM scratch AS A.b-c_1\nADD 1 /\nFROM scratch\nCOPY --from=a.b-c_1 /1 /2\n");

        Assert.Equal(["StageNameCasing"], plan.Warnings.Select(warning => warning.Rule));
        Assert.Equal(2, Operations<CopyOperation>(plan).Count());
    }
}
