using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Cases that other builders got wrong (section 7 of the language), as far as compiling decides them.</summary>
public sealed class EdgeCaseTests : CompilerTest
{
    [Fact]
    public async Task Case_14_and_C15_a_user_does_not_own_copies() =>
        Assert.Null((await LastOperation<CopyOperation>("FROM base\nUSER u\nCOPY a /b\n")).Chown);

    [Fact]
    public async Task Case_18_a_dot_behind_a_slash_is_a_directory()
    {
        var copy = await LastOperation<CopyOperation>("FROM scratch\nCOPY x /d/.\n");
        Assert.Equal(("/d", true), (copy.Destination, copy.DestinationIsDirectory));
    }

    [Fact]
    public async Task Case_19_a_path_from_a_stage_starts_at_its_root() =>
        Assert.Equal("/x", Assert.Single((await LastOperation<CopyOperation>("FROM scratch AS a\nWORKDIR /w\nFROM scratch\nCOPY --from=a x /y\n")).Sources).Path);

    [Theory] // 22, C1
    [InlineData("https://example.com/x", "source can't be a URL for COPY")]
    [InlineData("https://example.com/x.git", "source can't be a git ref for COPY")]
    public async Task Case_22_a_copy_takes_no_address(string source, string message) =>
        Assert.Equal(message, (await ErrorOf($"FROM scratch\nCOPY {source} /x\n")).Message);

    [Theory] // 26, G3
    [InlineData("https://example.com/", "__unnamed__")]
    [InlineData("https://example.com", "__unnamed__")]
    [InlineData("https://example.com/a/b%20c?d=e#f", "b c")]
    public async Task Case_26_a_download_is_named_by_its_path(string url, string name) =>
        Assert.Equal("/" + name, Assert.Single((await LastOperation<CopyOperation>($"FROM scratch\nADD {url} /d/\n")).Sources).Path);

    [Fact]
    public async Task Case_28_and_C20_names_need_an_image_to_be_found_in()
    {
        Assert.Contains("invalid user index: -1", (await ErrorOf("FROM scratch\nCOPY --chown=me a b\n")).Message, StringComparison.Ordinal);
        Assert.Contains("invalid user index: -1", (await ErrorOf("FROM base\nCOPY --link --chown=me a b\n")).Message, StringComparison.Ordinal);
        Assert.Equal("me", (await LastOperation<CopyOperation>("FROM base\nCOPY --chown=me a b\n")).Chown);
    }

    [Fact]
    public async Task Cases_30_and_31_patterns_are_kept_as_written() =>
        Assert.Equal(["sub/$VAR"], (await LastOperation<CopyOperation>("FROM scratch\nENV VAR=x\nCOPY --exclude=sub/$VAR app/ app/\n")).Excludes);

    [Theory] // 44 to 46, A8
    [InlineData("FROM scratch\nARG A\nRUN x\n", false)]
    [InlineData("FROM scratch\nRUN x\nARG A\n", true)]
    [InlineData("ARG A\nFROM scratch\nRUN x\n", true)]
    [InlineData("FROM scratch\nARG A\nCOPY x /\n", true)]
    public async Task Cases_44_to_46_an_argument_counts_for_the_runs_below_it(string text, bool same)
    {
        var (one, two) = (await CompileAsync(text, WithArgs(("A", "1"))), await CompileAsync(text, WithArgs(("A", "2"))));
        Assert.Equal(same, one.Root!.Digest == two.Root!.Digest);
        Assert.Equal(one.Root.Digest, (await CompileAsync(text, WithArgs(("A", "1")))).Root!.Digest);
    }

    [Theory] // 47
    [InlineData("RUN <<E\n{0}\nE\n")]
    [InlineData("RUN cat <<E\n{0}\nE\n")]
    [InlineData("COPY <<E /x\n{0}\nE\n")]
    public async Task Case_47_the_text_of_a_here_document_counts(string text)
    {
        var bodies = new[] { "a", "b" }.Select(body => CompileAsync("FROM scratch\n" + text.Replace("{0}", body, StringComparison.Ordinal)));
        var plans = await Task.WhenAll(bodies);
        Assert.NotEqual(plans[0].Root!.Digest, plans[1].Root!.Digest);
    }

    [Fact]
    public async Task Case_54_what_is_not_needed_is_not_looked_at()
    {
        var plan = await CompileAsync("FROM missing AS unused\nCOPY $nothing x /y\nSTOPSIGNAL no\nFROM scratch\nUSER x\n");
        Assert.Empty(Resolver.Asked);
        Assert.DoesNotContain(plan.Warnings, warning => warning.Rule == "UndefinedVar");
    }

    [Theory] // 55
    [InlineData("RUN make\n", "run   make\n")]
    [InlineData("RUN make\n", "# a comment\nRUN \\\n  make\n")]
    [InlineData("COPY a b\n", "LABEL x=y\nENV A=b\nCOPY   a \\\n  b\n")]
    public async Task Case_55_formatting_labels_and_comments_do_not_count(string one, string two) =>
        Assert.Equal((await CompileAsync("FROM scratch\n" + one)).Root!.Digest, (await CompileAsync("FROM scratch\n" + two)).Root!.Digest);

    [Theory]
    [InlineData("ARG X=\"a b\"\nENV R=$X\n", "a b")] // 57
    [InlineData("ARG A=1 X=${A}2\nENV R=$X\n", "12")] // 58
    [InlineData("ENV a=old\nENV a=1 R=$a\n", "old")] // 66, E2
    [InlineData("ARG a=1 b=$a\nENV R=$b\n", "1")] // 66, A4
    [InlineData("ENV v=1\nENV R=$$\n", "")] // 67
    [InlineData("ENV v=1\nENV R=\\$v\n", "$v")]
    [InlineData("ENV v=1\nENV R='$v'\n", "$v")]
    [InlineData("ENV v=abcabc\nENV R=${v#*b}-${v##*b}-${v%b*}-${v%%b*}\n", "cabc-c-abca-a")] // 59
    [InlineData("ENV v=abcabc\nENV R=${v/b/X}-${v//b/X}\n", "aXcabc-aXcaXc")] // 59
    public async Task Cases_57_to_67_values(string text, string expected) =>
        Assert.Contains("R=" + expected, (await ConfigOf("FROM scratch\n" + text)).Env!);

    [Fact]
    public async Task Case_60_a_global_argument_is_declared_again_or_empty() =>
        Assert.Contains("R=[]", (await ConfigOf("ARG G=g\nFROM scratch\nENV R=[$G]\n")).Env!);

    [Fact]
    public async Task Case_61_an_argument_overrides_the_variable_of_an_image_while_building()
    {
        Resolver.With("base", new ExecutionConfig { Env = ["X=image", "PATH=/bin"] });
        var run = await LastOperation<RunOperation>("FROM base\nARG X=arg\nRUN x\n");
        Assert.Contains("X=arg", run.Environment);
        Assert.Contains("X=image", (await ConfigOf("FROM base\nARG X=arg\nRUN x\n")).Env!);
        Assert.Contains("X=image", (await LastOperation<RunOperation>("FROM base\nARG X\nRUN x\n")).Environment); // A7
    }

    [Fact]
    public async Task Case_62_arguments_are_expanded_in_copies() =>
        Assert.Equal("/d/1", (await LastOperation<CopyOperation>("FROM scratch\nARG V=1\nCOPY a$V /d/$V\n")).Destination);

    [Fact]
    public async Task Case_63_a_path_is_added_when_there_is_none()
    {
        Resolver.With("base", new ExecutionConfig { Env = ["OTHER=1"] });
        Assert.Equal(["OTHER=1", DefaultPath], (await ConfigOf("FROM base\nUSER x\n")).Env);
    }

    [Fact]
    public async Task Case_65_an_empty_build_argument_is_set() =>
        Assert.Contains("X=", (await LastOperation<RunOperation>("FROM scratch\nARG X=default\nRUN x\n", WithArgs(("X", "")))).Environment);

    [Fact]
    public async Task Case_68_quotes_do_not_group_in_copies()
    {
        var error = await ErrorOf("FROM scratch\nCOPY \"a b\" c\n"); // V5: each half has a quote that never ends
        Assert.Contains("looking for matching double-quote", error.Message, StringComparison.Ordinal);
        Assert.Equal("/a b", Assert.Single((await LastOperation<CopyOperation>("FROM scratch\nCOPY [\"a b\", \"c\"]\n")).Sources).Path);
    }

    [Fact]
    public async Task Case_69_single_quotes_are_no_json() =>
        Assert.Equal(["/bin/sh", "-c", "['a']"], (await ConfigOf("FROM scratch\nCMD ['a']\n")).Cmd);

    [Theory] // 70
    [InlineData("RUN <<E\necho\nE\n", "echo\n")]
    [InlineData("RUN cat <<E\necho\nE\n", "cat <<E\necho\nE")]
    public async Task Case_70_here_documents_are_read(string text, string script) =>
        Assert.Equal(["/bin/sh", "-c", script], (await LastOperation<RunOperation>("FROM scratch\n" + text)).Arguments);

    [Theory] // 71
    [InlineData("<<E", "1 \"1\"\n")]
    [InlineData("<<\"E\"", "$v \"$v\"\n")]
    public async Task Case_71_a_quoted_delimiter_keeps_variables(string opening, string content) =>
        Assert.Equal(content, Assert.Single((await LastOperation<CopyOperation>($"FROM scratch\nENV v=1\nCOPY {opening} /x\n$v \"$v\"\nE\n")).Files).Content);

    [Fact]
    public async Task Case_75_tabs_go_before_an_interpreter_is_looked_for()
    {
        var run = await LastOperation<RunOperation>("FROM scratch\nRUN <<-E\n\t#!/bin/x\n\ty\n\tE\n");
        Assert.Equal(["/dev/pipes/E"], run.Arguments);
        Assert.Equal("#!/bin/x\ny\n", Assert.Single(run.Scripts).Content);
        Assert.Contains("L RUN /dev/pipes/E # buildkit", await HistoryOf("FROM scratch\nRUN <<-E\n\t#!/bin/x\n\ty\n\tE\n"));
    }

    [Theory] // 78: neither is a mount left out nor one that is not understood
    [InlineData("type=bind,target=/t", null)]
    [InlineData("type=cache,target=/t", null)]
    [InlineData("type=tmpfs,target=/t", null)]
    [InlineData("type=secret,id=t", null)]
    [InlineData("type=ssh", null)]
    [InlineData("type=bid,target=/t", "unsupported mount type \"bid\"")]
    [InlineData("type=cache,traget=/t", "unexpected key 'traget'")]
    public async Task Case_78_a_mount_works_or_fails(string mount, string? error)
    {
        var text = $"FROM base\nRUN --mount={mount} x\n";
        if (error is null)
        {
            Assert.Single((await LastOperation<RunOperation>(text)).Mounts);
        }
        else
        {
            Assert.Contains(error, (await ErrorOf(text)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Case_84_a_working_directory_is_inherited_from_the_base_alone() =>
        Assert.Equal("/", (await ConfigOf("FROM scratch AS a\nWORKDIR /x\nFROM scratch\nCOPY --from=a /y /y\n")).WorkingDir);

    [Fact] // X2
    public async Task Case_86_an_entrypoint_takes_an_inherited_command_away()
    {
        Resolver.With("base", new ExecutionConfig { Cmd = ["image"], Env = ["PATH=/bin"] });
        Assert.Null((await ConfigOf("FROM base\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Null((await ConfigOf("FROM base AS a\nCMD [\"stage\"]\nFROM a\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Equal(["own"], (await ConfigOf("FROM base\nCMD [\"own\"]\nENTRYPOINT [\"e\"]\n")).Cmd);
        Assert.Equal(["own"], (await ConfigOf("FROM base\nENTRYPOINT [\"e\"]\nCMD [\"own\"]\n")).Cmd);
    }

    [Fact]
    public async Task Case_87_a_stage_is_found_by_its_exact_lower_case_name()
    {
        Assert.Contains("lowercase", (await ErrorOf("FROM scratch AS base\nFROM Base\nUSER x\n")).Message, StringComparison.Ordinal);
        Assert.Equal("u", (await ConfigOf("FROM scratch AS alpine\nUSER u\nFROM alpine\nENV a=b\n")).User);
        Assert.Empty(Resolver.Asked);
    }

    [Fact]
    public async Task Case_88_a_copy_means_the_last_stage_of_a_name()
    {
        var error = await ErrorOf("FROM scratch AS w\nFROM scratch AS q\nCOPY --from=w a b\nFROM scratch AS w\nFROM q\nUSER x\n"); // B3, B4
        Assert.Equal("cannot copy from stage \"w\", it needs to be defined before current stage \"q\"", error.Message);
    }

    [Fact]
    public async Task Case_90_each_layer_has_one_entry()
    {
        var plan = await CompileAsync("FROM scratch\nRUN a\nENV b=c\nCOPY d /e\nWORKDIR /f\nWORKDIR /\n");
        Assert.Equal([true, false, true, true, false], plan.Image.Steps.Select(step => step.Layer is not null));
    }

    [Theory] // B1
    [InlineData("A", "a")]
    [InlineData("a", "a")]
    public async Task Targets_ignore_case(string target, string user) =>
        Assert.Equal(user, (await ConfigOf("FROM scratch AS a\nUSER a\nFROM scratch\nUSER b\n", new CompileOptions { Target = target })).User);

    [Fact]
    public async Task B1_a_number_is_no_target() =>
        Assert.Equal("target stage \"0\" could not be found", (await ErrorOf("FROM scratch\nUSER a\n", new CompileOptions { Target = "0" })).Message);
}
