using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>The test vectors of the language reference for config and history.</summary>
public sealed class ConfigAndHistoryTests : CompilerTest
{
    [Fact]
    public async Task Scratch_has_a_path_a_working_directory_and_nothing_else()
    {
        var plan = await CompileAsync("FROM scratch");

        Assert.Null(plan.Root);
        Assert.Null(plan.Image.Base);
        Assert.Empty(plan.Image.Steps);
        Assert.Equal([DefaultPath], plan.Image.Config.Env);
        Assert.Equal(new ExecutionConfig { WorkingDir = "/" }, plan.Image.Config with { Env = null });
    }

    [Fact]
    public async Task A_shell_wraps_a_command_and_an_entrypoint_keeps_that_of_its_own_stage()
    {
        const string Text = "FROM scratch\nSHELL [\"/b\",\"-c\"]\nCMD x\nENTRYPOINT [\"e\",\"f g\"]\n";
        var config = await ConfigOf(Text);

        Assert.Equal(["/b", "-c", "x"], config.Cmd);
        Assert.Equal(["e", "f g"], config.Entrypoint);
        Assert.Equal(["/b", "-c"], config.Shell);
        Assert.True(config.ArgsEscaped);
        Assert.Equal(
            ["E SHELL [/b -c]", "E CMD [\"/b\" \"-c\" \"x\"]", "E ENTRYPOINT [\"e\" \"f g\"]"],
            await HistoryOf(Text));
    }

    [Fact] // X2
    public async Task An_entrypoint_clears_the_command_of_a_parent_stage_and_of_a_base()
    {
        Resolver.With("base", new ExecutionConfig { Cmd = ["x"] });

        Assert.Null((await ConfigOf("FROM scratch AS a\nCMD [\"x\"]\nFROM a\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Null((await ConfigOf("FROM base\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Equal(["x"], (await ConfigOf("FROM base\nUSER x\n")).Cmd);
        Assert.Equal(["x"], (await ConfigOf("FROM scratch\nCMD [\"x\"]\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Equal(["x"], (await ConfigOf("FROM scratch\nENTRYPOINT [\"e\"]\nCMD [\"x\"]\n")).Cmd);
    }

    [Fact]
    public async Task An_empty_entrypoint_and_an_empty_command_are_empty_lists()
    {
        var config = await ConfigOf("FROM scratch\nENTRYPOINT []\nCMD []\n");

        Assert.Empty(config.Entrypoint!);
        Assert.Empty(config.Cmd!);
        Assert.Equal(["E ENTRYPOINT []", "E CMD []"], await HistoryOf("FROM scratch\nENTRYPOINT []\nCMD []\n"));
    }

    [Theory]
    [InlineData("90 80 100", "[100/tcp 80/tcp 90/tcp]", "100/tcp,80/tcp,90/tcp")]
    [InlineData("80/UDP 5000-5002", "[5000/tcp 5001/tcp 5002/tcp 80/udp]", "5000/tcp,5001/tcp,5002/tcp,80/udp")]
    [InlineData("127.0.0.1:80:8080/tcp", "[8080/tcp]", "8080/tcp")]
    [InlineData("[::1]:80:90", "[90/tcp]", "90/tcp")]
    [InlineData("$none", "[]", "")]
    public async Task Exposed_ports_are_a_set_in_config_and_a_list_in_history(string words, string history, string ports)
    {
        Assert.Equal(["E EXPOSE " + history], await HistoryOf($"FROM scratch\nEXPOSE {words}\n"));
        Assert.Equal(ports, string.Join(',', (await ConfigOf($"FROM scratch\nEXPOSE {words}\n")).ExposedPorts!.Keys));
    }

    [Fact]
    public async Task A_variable_with_several_ports_is_split()
    {
        var config = await ConfigOf("FROM scratch\nENV P=\"80 90/udp\"\nEXPOSE $P\n");

        Assert.Equal(["80/tcp", "90/udp"], config.ExposedPorts!.Keys);
    }

    [Theory]
    [InlineData("80/foo", "invalid proto: foo")]
    [InlineData("x", "invalid containerPort: x")]
    [InlineData("70000", "invalid containerPort: 70000")]
    [InlineData("9-8", "invalid containerPort: 9-8")]
    [InlineData("x:80", "invalid hostPort: x")]
    [InlineData("80:", "no port specified")]
    [InlineData("1.2.3.400:1:80", "invalid IP address: 1.2.3.400")]
    [InlineData("1-3:80-81", "invalid ranges specified for container and host Ports: ")]
    public async Task A_port_that_is_none_is_refused(string word, string message)
    {
        var error = await ErrorOf($"FROM scratch\nEXPOSE {word}\n");

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Span!.Line);
    }

    [Fact]
    public async Task The_last_of_equal_labels_wins_and_history_shows_all()
    {
        const string Text = "FROM scratch\nLABEL a=1 a=2 \"b c\"=\"d e\"\n";

        Assert.Equal([("a", "2"), ("b c", "d e")], (await ConfigOf(Text)).Labels!.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(["E LABEL a=1 a=2 b c=d e"], await HistoryOf(Text));
    }

    [Fact]
    public async Task Labels_of_the_build_override_those_of_the_file_and_leave_no_history()
    {
        var options = new CompileOptions { Labels = new Dictionary<string, string> { ["a"] = "cli", ["z"] = "new" } };
        var plan = await CompileAsync("FROM scratch\nLABEL a=1 b=2\n", options);

        Assert.Equal([("a", "cli"), ("b", "2"), ("z", "new")], plan.Image.Config.Labels!.Select(pair => (pair.Key, pair.Value)));
        Assert.Single(plan.Image.Steps);
    }

    [Fact]
    public async Task A_health_check_is_kept_in_nanoseconds_and_shown_as_go_does()
    {
        const string Text = "FROM scratch\nHEALTHCHECK --interval=1m --retries=3 CMD curl \"x\"\n";
        var check = (await ConfigOf(Text)).Healthcheck!;

        Assert.Equal(["CMD-SHELL", "curl \"x\""], check.Test);
        Assert.Equal(60_000_000_000, check.Interval);
        Assert.Equal(3, check.Retries);
        Assert.Equal(
            ["E HEALTHCHECK {Test:[CMD-SHELL curl \"x\"] Interval:1m0s Timeout:0s StartPeriod:0s StartInterval:0s Retries:3}"],
            await HistoryOf(Text));
        Assert.Equal(["NONE"], (await ConfigOf("FROM scratch\nHEALTHCHECK NONE\n")).Healthcheck!.Test);
    }

    [Fact] // T4
    public async Task The_last_health_check_counts_whole_and_unexpanded()
    {
        const string Text = "FROM scratch AS a\nENV v=1\nHEALTHCHECK --interval=1m --retries=3 CMD one\nHEALTHCHECK --timeout=5s CMD two $v\nFROM a\nHEALTHCHECK CMD [\"three\", \"$v\"]\n";
        var last = (await ConfigOf(Text, new CompileOptions { Target = "a" })).Healthcheck!;
        var child = (await ConfigOf(Text)).Healthcheck!;

        Assert.Equal(["CMD-SHELL", "two $v"], last.Test);
        Assert.Equal(last with { Test = null }, new Healthcheck { Timeout = 5_000_000_000 });
        Assert.Equal(["CMD", "three", "$v"], child.Test);
        Assert.Equal(child with { Test = null }, new Healthcheck());
    }

    [Fact] // X3
    public async Task An_empty_entrypoint_clears_that_of_the_base_and_its_command()
    {
        Resolver.With("base", new ExecutionConfig { Entrypoint = ["e"], Cmd = ["x"] });
        var config = await ConfigOf("FROM base\nENTRYPOINT []\n");

        Assert.Empty(config.Entrypoint!);
        Assert.Null(config.Cmd);
    }

    [Fact]
    public async Task A_user_may_hold_a_blank()
    {
        Assert.Equal("a b", (await ConfigOf("FROM scratch\nUSER \"a b\"\n")).User);
        Assert.Equal(["E USER u:g"], await HistoryOf("FROM scratch\nUSER u:g\n"));
    }

    [Fact]
    public async Task Arguments_come_from_the_file_unless_the_build_gives_them()
    {
        const string Text = "ARG G=g\nFROM scratch\nARG G\nARG A=1 B=$A C\nRUN [\"x\"]\n";

        Assert.Equal(["E ARG G=g", "E ARG A=1 B=1 C", "L RUN |4 G=g A=1 B=1 C= x # buildkit"], await HistoryOf(Text));
        Assert.Equal(
            ["E ARG G=build", "E ARG A=1 B=1 C=", "L RUN |4 G=build A=1 B=1 C= x # buildkit"],
            await HistoryOf(Text, WithArgs(("G", "build"), ("C", ""))));
        var run = await LastOperation<RunOperation>(Text);
        Assert.Equal([DefaultPath, "G=g", "A=1", "B=1"], run.Environment);
    }

    [Fact] // A7
    public async Task Of_env_and_arg_the_last_wins_and_only_env_is_in_the_config()
    {
        const string Text = "FROM scratch\nENV X=1\nARG X=2\nRUN x\nENV Y=$X\n";

        Assert.Equal([DefaultPath, "X=1", "Y=2"], (await ConfigOf(Text)).Env);
        Assert.Contains("L RUN |1 X=2 /bin/sh -c x # buildkit", await HistoryOf(Text));

        const string Reverse = "FROM scratch\nARG X=2\nENV X=1\nRUN x\n";
        Assert.Equal([DefaultPath, "X=1"], (await ConfigOf(Reverse, WithArgs(("X", "3")))).Env);
        Assert.Equal(["E ARG X=3", "E ENV X=1", "L RUN |1 X=1 /bin/sh -c x # buildkit"], await HistoryOf(Reverse, WithArgs(("X", "3"))));
    }

    [Fact]
    public async Task An_argument_declared_twice_counts_once()
    {
        Assert.Contains("L RUN |1 A=2 /bin/sh -c x # buildkit", await HistoryOf("FROM scratch\nARG A=1\nARG A=2\nRUN x\n"));
    }

    [Fact] // F6; O2: of a stage
    public async Task A_trigger_of_a_stage_runs_first_in_its_child_and_is_gone_there()
    {
        const string Text = "FROM scratch AS b\nONBUILD LABEL x=1\nFROM b\nLABEL y=1\n";

        Assert.Equal(["x", "y"], (await ConfigOf(Text)).Labels!.Keys);
        Assert.Null((await ConfigOf(Text)).OnBuild);
        Assert.Equal(["E LABEL x=1", "E LABEL y=1"], await HistoryOf(Text));
        Assert.Equal(["LABEL x=1"], (await ConfigOf(Text, new CompileOptions { Target = "b" })).OnBuild);
    }

    [Fact] // F6; O2: of an image, in their order
    public async Task Triggers_of_an_image_run_first_and_may_need_stages_of_the_file()
    {
        Resolver.With("base", new ExecutionConfig { OnBuild = ["ENV A=1", "COPY --from=tool /t /t"] });
        var plan = await CompileAsync("FROM scratch AS tool\nCOPY t /t\nFROM base\nENV B=$A\n");

        Assert.Equal(["ENV A=1", "COPY /t /t # buildkit", "ENV B=1"], plan.Image.Steps.Select(step => step.CreatedBy));
        Assert.Null(plan.Image.Config.OnBuild);
        Assert.Contains("B=1", plan.Image.Config.Env!);
    }

    [Fact] // O2: of one stage after the other, and with the default escape
    public async Task Triggers_have_a_backslash_for_escape_whatever_the_file_has()
    {
        Resolver.With("base", new ExecutionConfig { OnBuild = ["ENV A=x\\ y", "ENV B=$A"] });

        Assert.Equal([DefaultPath, "A=x y", "B=x y", "C=x y"], (await ConfigOf("# escape=`\nFROM base\nENV C=$B\n")).Env);
        Assert.Equal([DefaultPath, "A=x y"], (await ConfigOf("# escape=`\nFROM scratch AS a\nONBUILD ENV A=x\\ y\nFROM a\n")).Env);
    }

    [Fact] // O3
    public async Task A_trigger_may_mount_from_a_stage_of_the_file_and_copy_from_an_image_that_is_nowhere_else()
    {
        Resolver.With("base", new ExecutionConfig { OnBuild = ["RUN --mount=from=tool,target=/t make", "COPY --from=other /o /o"] });
        var plan = await CompileAsync("FROM third AS tool\nFROM base\nUSER u\n");

        Assert.Equal(["RUN /bin/sh -c make # buildkit", "COPY /o /o # buildkit", "USER u"], plan.Image.Steps.Select(step => step.CreatedBy));
        Assert.Equal(["base:latest", "other:latest", "third:latest"], Resolver.Asked.Select(asked => asked.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact] // O4
    public async Task A_grandchild_has_no_trigger_and_a_child_its_own_only()
    {
        const string Text = "FROM scratch AS a\nONBUILD LABEL x=1\nFROM a AS b\nONBUILD LABEL y=1\nFROM b AS c\nFROM c\nLABEL z=1\n";

        Assert.Equal(["LABEL y=1"], (await ConfigOf(Text, new CompileOptions { Target = "b" })).OnBuild);
        Assert.Null((await ConfigOf(Text, new CompileOptions { Target = "c" })).OnBuild);
        Assert.Equal(["E LABEL x=1", "E LABEL y=1", "E LABEL z=1"], await HistoryOf(Text));
    }

    [Fact]
    public async Task History_shows_what_a_copy_was_given_but_not_how_it_was_cached()
    {
        Assert.Equal(
            ["L COPY --chown=1:2 --chmod=u+x a b /d/ # buildkit"],
            await HistoryOf("FROM scratch\nCOPY --chown=1:2 --chmod=u+x --link --exclude=*.x a b /d/\n"));
        Assert.Equal(["L COPY --parents a /d/ # buildkit"], await HistoryOf("FROM scratch\nCOPY --parents a /d/\n"));
        Assert.Equal(["L ADD --chown=1 a.tar /d # buildkit"], await HistoryOf("FROM scratch\nADD --chown=1 --unpack=false a.tar /d\n"));
    }

    [Fact]
    public async Task Here_documents_show_their_name_in_copy_and_their_text_in_run()
    {
        Assert.Equal(["L COPY <<EOF /x # buildkit"], await HistoryOf("FROM scratch\nCOPY <<EOF /x\na\nEOF\n"));
        Assert.Equal(["L RUN /bin/sh -c a\nb\n # buildkit"], await HistoryOf("FROM scratch\nRUN <<EOF\na\nb\nEOF\n"));
        Assert.Equal(["L RUN /bin/sh -c cat <<EOF\na\nEOF # buildkit"], await HistoryOf("FROM scratch\nRUN cat <<EOF\na\nEOF\n"));
    }

    [Fact]
    public async Task A_proxy_reaches_the_run_but_neither_history_nor_key()
    {
        const string Text = "FROM scratch\nRUN x\n";
        var run = await LastOperation<RunOperation>(Text, WithArgs(("HTTP_PROXY", "p")));

        Assert.Equal(["HTTP_PROXY=p", "http_proxy=p"], run.ProxyEnvironment);
        Assert.Equal([DefaultPath], run.Environment);
        Assert.Equal(["L RUN /bin/sh -c x # buildkit"], await HistoryOf(Text, WithArgs(("HTTP_PROXY", "p"))));
    }

    [Fact]
    public async Task A_declared_proxy_is_an_ordinary_argument()
    {
        const string Text = "FROM scratch\nARG http_proxy\nRUN x\n";

        Assert.Contains("L RUN |1 http_proxy=p /bin/sh -c x # buildkit", await HistoryOf(Text, WithArgs(("http_proxy", "p"))));
        Assert.Contains("http_proxy=p", (await LastOperation<RunOperation>(Text, WithArgs(("http_proxy", "p")))).Environment);
    }

    [Fact] // E2
    public async Task Env_values_see_what_was_before_the_instruction()
    {
        var config = await ConfigOf("FROM scratch\nENV a=old\nENV a=1 b=$a c=\"x $a\"\n");

        Assert.Equal([DefaultPath, "a=1", "b=old", "c=x old"], config.Env);
        Assert.Contains("E ENV a=1 b=old c=x old", await HistoryOf("FROM scratch\nENV a=old\nENV a=1 b=$a c=\"x $a\"\n"));
    }

    [Theory] // W1
    [InlineData("/a", "/a")]
    [InlineData("/a/../b//c/", "/b/c")]
    [InlineData("\"x y\"", "/x y")]
    [InlineData("~", "/~")]
    public async Task A_working_directory_is_absolute_and_clean(string text, string path)
    {
        var plan = await CompileAsync($"FROM scratch\nUSER u\nWORKDIR {text}\n");

        Assert.Equal(path, plan.Image.Config.WorkingDir);
        Assert.Equal(new MakeDirectoryOperation(path, "u"), plan.Root!.Operation);
        Assert.Equal("WORKDIR " + path, plan.Image.Steps[^1].CreatedBy);
    }

    [Fact] // W1; what is made is in the corpus (W2)
    public async Task A_relative_working_directory_is_below_the_last_one_and_the_root_makes_no_layer()
    {
        Assert.Equal("/a/b", (await ConfigOf("FROM scratch\nWORKDIR a\nWORKDIR b\n")).WorkingDir);
        Assert.Equal(["E WORKDIR /"], await HistoryOf("FROM scratch\nWORKDIR /\n"));
        Resolver.With("base", new ExecutionConfig { WorkingDir = "/srv" });
        Assert.Equal("/srv/x", (await ConfigOf("FROM base\nWORKDIR x\n")).WorkingDir);
        Assert.Equal("/srv", (await ConfigOf("FROM base\nWORKDIR $none\n")).WorkingDir);
        Assert.Equal("/a b/c", (await ConfigOf("FROM base\nENV v=\"a b\"\nWORKDIR /$v/'c'/\n")).WorkingDir);
    }

    [Theory]
    [InlineData("SIGKILL")]
    [InlineData("term")]
    [InlineData("9")]
    [InlineData("RTMIN+3")]
    [InlineData("SIGRTMAX-1")]
    public async Task A_stop_signal_is_kept_as_written(string signal) =>
        Assert.Equal(signal, (await ConfigOf($"FROM scratch\nSTOPSIGNAL {signal}\n")).StopSignal);

    [Theory]
    [InlineData("FOO")]
    [InlineData("0")]
    [InlineData("RTMIN+99")]
    public async Task A_stop_signal_that_is_none_is_refused(string signal) =>
        Assert.Contains($"invalid signal: {signal}", (await ErrorOf($"FROM scratch\nSTOPSIGNAL {signal}\n")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Volumes_and_a_maintainer()
    {
        var plan = await CompileAsync("FROM scratch\nVOLUME /b /a\nVOLUME [\"/c d\"]\nMAINTAINER Me <me@x>\n");

        Assert.Equal(["/a", "/b", "/c d"], plan.Image.Config.Volumes!.Keys);
        Assert.Equal(["VOLUME [/b /a]", "VOLUME [/c d]", "MAINTAINER Me <me@x>"], plan.Image.Steps.Select(step => step.CreatedBy));
        Assert.Equal("Me <me@x>", plan.Image.Author);
        Assert.Contains("VOLUME specified can not be an empty string", (await ErrorOf("FROM scratch\nVOLUME $x\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_config_of_a_base_is_inherited_whole_with_a_path_if_it_has_none()
    {
        Resolver.With("base", new ExecutionConfig { Env = ["A=1"], User = "u", Labels = new Dictionary<string, string> { ["l"] = "v" }, Entrypoint = ["e"] });
        var plan = await CompileAsync("FROM base\n");

        Assert.Equal(["A=1", DefaultPath], plan.Image.Config.Env);
        Assert.Equal("u", plan.Image.Config.User);
        Assert.Equal(["e"], plan.Image.Config.Entrypoint);
        Assert.Equal("base:latest", plan.Image.Base!.Reference.Familiar);
        Assert.IsType<ImageOperation>(plan.Root!.Operation);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(100_000_000, "100ms")]
    [InlineData(1_500_000_000, "1.5s")]
    [InlineData(90_000_000_000, "1m30s")]
    [InlineData(5_400_000_000_000, "1h30m0s")]
    public void Durations_print_as_go_prints_them(long nanoseconds, string text) => Assert.Equal(text, GoText.Duration(nanoseconds));

    [Theory]
    [InlineData("a\"b\\c\n\t", "\"a\\\"b\\\\c\\n\\t\"")]
    [InlineData("é 世界", "\"é 世界\"")]
    [InlineData("\u0001\u200b\u00a0", "\"\\x01\\u200b\\u00a0\"")]
    [InlineData("\U000E0001", "\"\\U000e0001\"")]
    public void Strings_are_quoted_as_go_quotes_them(string text, string quoted) => Assert.Equal(quoted, GoText.Quote(text));
}
