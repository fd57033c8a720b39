using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;

namespace Builder.Dockerfile.Tests.Syntax;

/// <summary>What each instruction's arguments become (section 3 of the language).</summary>
public class InstructionTests
{
    [Fact]
    public void Stages_begin_at_from_and_global_args_stand_before()
    {
        var file = Dockerfiles.Parse("ARG v=1\nfrom --platform=$BUILDPLATFORM a:$v AS Build\nRUN x\nFROM build\nCMD y");
        Assert.Equal("v", file.GlobalArgs.Single().Declarations.Single().Name.Text);
        Assert.Equal([("build", 0, 1), (null, 1, 1)], file.Stages.Select(s => (s.Name, s.Index, s.Instructions.Length)));
        Assert.Equal(("$BUILDPLATFORM", "a:$v", "Build"), (file.Stages[0].From.Platform?.Text, file.Stages[0].From.Image.Text, file.Stages[0].From.Alias?.Text));
        Assert.Equal(["ARG", "FROM", "RUN", "FROM", "CMD"], file.Instructions.Select(i => i.Name));
        Assert.Equal("from", file.Stages[0].From.Header.Keyword.Text);
    }

    [Fact] // I2
    public void There_are_eighteen_keywords_in_any_case()
    {
        string[] instructions =
        [
            "ADD a b", "ARG a", "CMD a", "COPY a b", "ENTRYPOINT a", "ENV a=b", "EXPOSE 1", "FROM a", "HEALTHCHECK NONE", "LABEL a=b", "MAINTAINER a", "ONBUILD RUN a", "RUN a",
            "SHELL [\"a\"]", "STOPSIGNAL 1", "USER a", "VOLUME a", "WORKDIR a",
        ];
        Assert.Equal(18, instructions.Length);
        Assert.All(instructions, text =>
        {
            var keyword = text[..text.IndexOf(' ', StringComparison.Ordinal)];
            foreach (var written in new[] { keyword, keyword.ToLowerInvariant(), keyword[..1] + keyword[1..].ToLowerInvariant() })
            {
                Assert.Equal(["FROM", keyword], Dockerfiles.Parse($"FROM scratch\n{written}{text[keyword.Length..]}\n").Instructions.Select(instruction => instruction.Name));
            }
        });
        Assert.Contains("unknown instruction: IMPORT", Dockerfiles.Error("FROM scratch\nIMPORT a b\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Args_have_names_and_perhaps_defaults()
    {
        var arg = Dockerfiles.One<ArgInstruction>("ARG a=1 b= c d=\"x y\" e=f=g");
        Assert.Equal(
            [("a", "1"), ("b", ""), ("c", null), ("d", "\"x y\""), ("e", "f=g")],
            arg.Declarations.Select(d => (d.Name.Text, d.Default?.Text)));
    }

    [Theory]
    [InlineData("RUN [\"a\", \"b\"]", "a|b")]
    [InlineData("RUN [ \"a\\u0041\\n\" ]", "aA\n")]
    [InlineData("RUN [\"a\", \\\n \"b\"]", "a|b")]
    public void A_valid_json_array_is_an_argument_vector(string text, string expected)
    {
        Assert.Equal(expected.Split('|'), Dockerfiles.One<RunInstruction>(text).Command.Exec());
    }

    [Theory] // I8
    [InlineData("['a']")]
    [InlineData("[\"a\",]")]
    [InlineData("[ \"a\" ] x")]
    [InlineData("[\"a\"")]
    [InlineData("[\"\\w\"]")]
    [InlineData("[ -f x ] && y")]
    [InlineData("[1, 'x']")]
    [InlineData("[\"\\ud800\"]")]
    public void Anything_else_in_brackets_is_for_the_shell(string text)
    {
        Assert.Equal(text, Dockerfiles.One<RunInstruction>("RUN " + text).Command.Shell());
    }

    [Fact]
    public void Json_elements_know_their_place()
    {
        var exec = Assert.IsType<ExecCommand>(Dockerfiles.One<CmdInstruction>("CMD [\"ä€😀\", \"b\"]").Command);
        Assert.Equal(["\"ä€😀\"", "\"b\""], exec.Arguments.Select(a => a.Span.Text));
    }

    [Fact]
    public void Flags_end_at_two_dashes_or_at_the_first_other_word()
    {
        var run = Dockerfiles.One<RunInstruction>("RUN --network=none -- --y"); // I3
        Assert.Equal((RunNetwork.None, "--y"), (run.Network, run.Command.Shell()));
        Assert.Equal("-x --network=none", Dockerfiles.One<RunInstruction>("RUN -x --network=none").Command.Shell());
    }

    [Fact]
    public void Quotes_and_escapes_vanish_from_flags()
    {
        var run = Dockerfiles.One<RunInstruction>("RUN --mount=\"type=bind,source=/a b,target=/c\" --mount=\\\"id=a,b\\\",type=cache --device=v/c=d x"); // I4
        Assert.Equal([("type", "bind"), ("source", "/a b"), ("target", "/c")], run.Mounts[0].Fields.Select(f => (f.Key, f.Value)));
        Assert.Equal([("id", "a,b"), ("type", "cache")], run.Mounts[1].Fields.Select(f => (f.Key, f.Value)));
        Assert.Equal(["v/c=d"], run.Devices.Texts());
        Assert.Equal(RunSecurity.Insecure, Dockerfiles.One<RunInstruction>("RUN --security=insecure x").Security);
    }

    [Fact]
    public void Copy_takes_all_its_flags()
    {
        var copy = Dockerfiles.One<CopyInstruction>("COPY --from=b --chown=1:2 --chmod=u+x --link --parents --exclude=*.x --exclude=y a b /d/");
        Assert.Equal(("b", "1:2", "u+x"), (copy.From?.Text, copy.Chown?.Text, copy.Chmod?.Text));
        Assert.True(copy.Link && copy.Parents);
        Assert.Equal(["*.x", "y"], copy.Excludes.Texts());
        Assert.Equal((2, 13), (copy.From!.Span.Line, copy.From.Span.Column));
    }

    [Fact]
    public void Add_takes_all_its_flags()
    {
        var add = Dockerfiles.One<AddInstruction>("ADD --checksum=sha256:1 --keep-git-dir=TRUE --unpack=false --link=false a /");
        Assert.Equal(("sha256:1", true, false, false), (add.Checksum?.Text, add.KeepGitDirectory, add.Unpack, add.Link));
        Assert.Null(Dockerfiles.One<AddInstruction>("ADD a /").Unpack);
    }

    [Theory] // I9: quotes do not group here
    [InlineData("COPY \"a b\" /x", "\"a|b\"|/x")]
    [InlineData("COPY [\"a b\", \"/x\"]", "a b|/x")]
    [InlineData("COPY a \u00a0b /x", "a|\u00a0b|/x")]
    public void Sources_are_plain_words_or_json(string text, string expected)
    {
        var copy = Dockerfiles.One<CopyInstruction>(text);
        Assert.Equal(expected.Split('|'), copy.Sources.Append(copy.Destination).Texts());
    }

    [Fact]
    public void Env_has_pairs_whose_quotes_stay_until_expansion()
    {
        var env = Dockerfiles.One<EnvInstruction>("ENV a=\"b c\" \"d e\"=f g='h i'j k=l\\ m n=");
        Assert.Equal(
            [("a", "\"b c\""), ("\"d e\"", "f"), ("g", "'h i'j"), ("k", "l\\ m"), ("n", "")],
            env.Pairs.Select(p => (p.Key.Text, p.Value.Text)));
    }

    [Fact]
    public void The_legacy_form_sets_one_variable_to_the_rest_of_the_line()
    {
        var env = Dockerfiles.One<EnvInstruction>("ENV a b  c \"d=e\""); // E1
        Assert.Equal(("a", "b  c \"d=e\"", true), (env.Pairs.Single().Key.Text, env.Pairs.Single().Value.Text, env.IsLegacyForm));
        Assert.True(Dockerfiles.One<LabelInstruction>("LABEL a b").IsLegacyForm);
        Assert.False(Dockerfiles.One<LabelInstruction>("LABEL a=b").IsLegacyForm);
    }

    [Fact]
    public void One_argument_instructions_take_the_rest_of_the_line()
    {
        Assert.Equal("/a b", Dockerfiles.One<WorkdirInstruction>("WORKDIR  /a b ").Path.Text);
        Assert.Equal("\"a b\"", Dockerfiles.One<UserInstruction>("USER \"a b\"").User.Text);
        Assert.Equal("9", Dockerfiles.One<StopSignalInstruction>("STOPSIGNAL --x 9").Signal.Text); // I7
        Assert.Equal("A <b>", Dockerfiles.One<MaintainerInstruction>("MAINTAINER A <b>").Author.Text);
    }

    [Fact]
    public void Ports_are_in_the_order_of_their_text()
    {
        Assert.Equal(["100", "80", "90"], Dockerfiles.One<ExposeInstruction>("EXPOSE 90 80 100").Ports.Texts()); // §3.8
    }

    [Fact]
    public void Volumes_are_words_or_json()
    {
        Assert.Equal(["/a", "/b"], Dockerfiles.One<VolumeInstruction>("VOLUME /a /b").Paths.Texts());
        Assert.Equal(["/a b"], Dockerfiles.One<VolumeInstruction>("VOLUME [\"/a b\"]").Paths.Texts());
    }

    [Fact]
    public void Commands_may_be_empty()
    {
        Assert.Empty(Dockerfiles.One<CmdInstruction>("CMD []").Command.Exec()); // X1
        Assert.Equal("", Dockerfiles.One<CmdInstruction>("CMD").Command.Shell());
        Assert.Equal("", Dockerfiles.One<RunInstruction>("RUN").Command.Shell());
        Assert.Equal("a \"b\"", Dockerfiles.One<EntrypointInstruction>("ENTRYPOINT a \"b\"").Command.Shell());
        Assert.Equal(["/b", "-c"], Dockerfiles.One<ShellInstruction>("SHELL [\"/b\",\"-c\"]").Arguments.Texts());
    }

    [Fact]
    public void Healthchecks_have_a_command_and_durations_or_none()
    {
        var check = Dockerfiles.One<HealthcheckInstruction>(
            "HEALTHCHECK --interval=1m30s --timeout=1.5h --start-period=100ms --start-interval=0 --retries=3 cmd curl \"x\"");
        Assert.Equal("curl \"x\"", check.Command!.Shell());
        Assert.Equal((90_000_000_000, 5_400_000_000_000, 100_000_000, 0), (check.Interval, check.Timeout, check.StartPeriod, check.StartInterval));
        Assert.Equal(3, check.Retries);
        Assert.Equal(["a"], Dockerfiles.One<HealthcheckInstruction>("HEALTHCHECK CMD [\"a\"]").Command!.Exec());
        Assert.Null(Dockerfiles.One<HealthcheckInstruction>("HEALTHCHECK --x none").Command); // I7, T1
    }

    [Fact]
    public void Onbuild_stores_its_instruction_whole()
    {
        Assert.Equal("RUN --a b $x", Dockerfiles.One<OnbuildInstruction>("ONBUILD  RUN --a b $x").Trigger.Text); // O1
        Assert.Equal("COPY <<E /x\n1\nE", Dockerfiles.One<OnbuildInstruction>("ONBUILD COPY <<E /x\n1\nE\n").Trigger.Text);
        Assert.Equal("nonsense", Dockerfiles.One<OnbuildInstruction>("ONBUILD nonsense").Trigger.Text);
    }

    [Fact]
    public void A_trigger_is_one_instruction()
    {
        var copy = Assert.IsType<CopyInstruction>(InstructionParser.ParseTrigger(new SourceText("trigger", "COPY <<E /x\n1\nE")));
        Assert.Equal("1\n", copy.Heredocs.Single().Body);
        foreach (var text in new[] { "", "RUN x\nRUN y", "FROM x", "ONBUILD RUN x", "nonsense" })
        {
            Assert.Throws<DockerfileException>(() => InstructionParser.ParseTrigger(new SourceText("trigger", text)));
        }
    }
}
