using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

public sealed class StageTests : CompilerTest
{
    [Fact] // F7: an image that is missing
    public async Task Only_stages_that_the_target_needs_are_compiled_and_their_bases_resolved()
    {
        const string Text = """
            FROM missing AS unused
            RUN ${bad
            STOPSIGNAL nonsense
            FROM tools AS tools
            RUN t
            FROM base AS last
            COPY --from=tools /t /t
            """;

        await CompileAsync(Text);

        Assert.Equal([$"base:latest {Platform.Host}", $"tools:latest {Platform.Host}"], Resolver.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_default_target_is_the_last_stage_and_a_name_is_found_in_any_case()
    {
        const string Text = "FROM scratch AS one\nENV S=1\nFROM scratch AS two\nENV S=2\n";

        Assert.Contains("S=2", (await ConfigOf(Text)).Env!);
        Assert.Contains("S=1", (await ConfigOf(Text, new CompileOptions { Target = "ONE" })).Env!);
    }

    [Theory]
    [InlineData("0", "target stage \"0\" could not be found", "the stages are: build")]
    [InlineData("biuld", "target stage \"biuld\" could not be found", "did you mean build?")]
    public async Task A_target_that_does_not_exist_is_told_with_a_way_out(string target, string message, string hint)
    {
        var error = await ErrorOf("FROM scratch AS build\n", new CompileOptions { Target = target });

        Assert.Equal(GraphErrors.UnknownTarget, error.Code);
        Assert.Equal(message, error.Message);
        Assert.Equal(hint, error.Hint);
    }

    [Fact]
    public async Task A_stage_inherits_everything_of_the_stage_it_starts_from()
    {
        const string Text = """
            FROM scratch AS a
            ARG V=1
            WORKDIR /w
            USER u
            SHELL ["/s"]
            MAINTAINER m
            FROM a
            RUN x
            """;
        var plan = await CompileAsync(Text);
        var run = Assert.IsType<RunOperation>(plan.Root!.Operation);

        Assert.Equal(["/s", "x"], run.Arguments);
        Assert.Equal([DefaultPath, "V=1"], run.Environment);
        Assert.Equal(("/w", "u", "m"), (run.WorkingDirectory, run.User, plan.Image.Author));
        Assert.Equal(["ARG V=1", "WORKDIR /w", "USER u", "SHELL [/s]", "MAINTAINER m", "RUN |1 V=1 /s x # buildkit"], plan.Image.Steps.Select(step => step.CreatedBy));
    }

    [Fact]
    public async Task What_a_child_stage_does_is_not_seen_by_its_siblings()
    {
        const string Text = "FROM scratch AS a\nFROM a AS b\nARG X=1\nENV Y=1\nWORKDIR /b\nFROM a\nCOPY --from=b / /\nRUN x\n";
        var run = await LastOperation<RunOperation>(Text);

        Assert.Equal([DefaultPath], run.Environment);
        Assert.Equal("/", run.WorkingDirectory);
    }

    [Theory]
    [InlineData("FROM scratch AS q\nCOPY --from=w / /\nFROM scratch AS w\n", "cannot copy from stage \"w\", it needs to be defined before current stage \"q\"")]
    [InlineData("FROM scratch AS q\nRUN --mount=from=w,target=/m x\nFROM scratch AS w\n", "cannot mount from stage \"w\", it needs to be defined before current stage \"q\"")]
    [InlineData("FROM scratch AS q\nCOPY --from=Q / /\n", "circular dependency detected on stage: q")]
    [InlineData("FROM scratch AS q\nCOPY --from=0 / /\n", "invalid stage index 0")]
    [InlineData("FROM scratch AS q\nCOPY --from=7 / /\n", "invalid stage index 7")]
    [InlineData("FROM scratch AS d\nFROM scratch AS q\nCOPY --from=d / /\nFROM scratch AS d\n", "cannot copy from stage \"d\"")]
    public async Task A_reference_to_a_stage_that_is_not_above_is_refused(string text, string message)
    {
        var error = await ErrorOf(text, new CompileOptions { Target = "q" });

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Span);
    }

    [Fact]
    public async Task From_takes_the_latest_earlier_stage_and_copy_the_last_of_the_file()
    {
        const string Text = "FROM scratch AS d\nENV D=1\nFROM d AS q\nFROM scratch AS d\nENV D=2\nFROM q AS r\nCOPY --from=d / /\n";

        Assert.Contains("D=1", (await ConfigOf(Text)).Env!);
    }

    [Fact]
    public async Task A_stage_shadows_an_image_but_only_with_its_exact_lower_case_name()
    {
        await CompileAsync("FROM scratch AS base\nFROM base\n");
        Assert.Empty(Resolver.Asked);

        var error = await ErrorOf("FROM scratch AS base\nFROM Base\n");
        Assert.Contains("must be lowercase", error.Message, StringComparison.Ordinal);
        Assert.Equal(GraphErrors.InvalidBase, error.Code);

        await CompileAsync("FROM scratch\nFROM 0\n");
        Assert.Equal([$"0:latest {Platform.Host}"], Resolver.Asked);
    }

    [Fact]
    public async Task A_stage_may_be_called_context_but_scratch_stays_empty()
    {
        Assert.Contains("A=1", (await ConfigOf("FROM scratch AS context\nENV A=1\nFROM context\n")).Env!);
        Assert.DoesNotContain("A=1", (await ConfigOf("FROM base AS scratch\nENV A=1\nFROM scratch\n")).Env!);
    }

    [Fact]
    public async Task From_expands_global_arguments_only()
    {
        await CompileAsync("ARG V=1\nARG IMG=\"base:$V\"\nFROM $IMG\n");
        await CompileAsync("ARG V=1\nFROM base:${V}\n", WithArgs(("V", "2")));
        Assert.Equal([$"base:1 {Platform.Host}", $"base:2 {Platform.Host}"], Resolver.Asked.Order(StringComparer.Ordinal));

        var error = await ErrorOf("FROM scratch\nARG X=base\nFROM ${X}\n");
        Assert.Contains("base name (${X}) should not be blank", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_global_argument_is_unknown_in_a_stage_until_it_is_declared()
    {
        var plan = await CompileAsync("ARG G=g\nFROM scratch\nENV A=$G\nARG G\nENV B=$G\n");

        Assert.Equal([DefaultPath, "A=", "B=g"], plan.Image.Config.Env);
        var warning = Assert.Single(plan.Warnings);
        Assert.Equal(("UndefinedVar", 3), (warning.Rule, warning.Span!.Line));
    }

    [Fact]
    public async Task Warnings_that_the_file_skips_are_not_given()
    {
        Assert.Empty((await CompileAsync("# check=skip=UndefinedVar\nFROM scratch\nENV A=$G\n")).Warnings);
    }

    [Fact] // P1: the machine's platform and the wanted one; P2: $BUILDPLATFORM; P4: the image is for the wanted one
    public async Task Platforms_are_automatic_arguments()
    {
        const string Text = """
            FROM --platform=$BUILDPLATFORM base AS tool
            ARG TARGETOS TARGETARCH TARGETVARIANT TARGETSTAGE BUILDARCH
            RUN x
            """;
        var options = new CompileOptions { TargetPlatform = Platform.Parse("linux/arm/v6"), BuildPlatform = Platform.Parse("linux/amd64") };
        var plan = await CompileAsync(Text, options);

        Assert.Equal(["base:latest linux/amd64"], Resolver.Asked);
        Assert.Equal("linux/amd64", plan.Root!.Platform!.ToString());
        Assert.Equal("linux/arm/v6", plan.Image.Platform.ToString());
        Assert.Equal(
            [DefaultPath, "TARGETOS=linux", "TARGETARCH=arm", "TARGETVARIANT=v6", "TARGETSTAGE=tool", "BUILDARCH=amd64"],
            ((RunOperation)plan.Root.Operation).Environment);
    }

    [Fact] // P2: expanded, inherited, else the wanted one
    public async Task A_stage_has_the_platform_of_the_stage_it_starts_from()
    {
        var options = new CompileOptions { TargetPlatform = Platform.Parse("linux/arm64"), BuildPlatform = Platform.Parse("linux/amd64") };

        Assert.Equal("linux/amd64", (await CompileAsync("FROM --platform=$BUILDPLATFORM base AS a\nFROM a\nRUN x\n", options)).Root!.Platform!.ToString());
        Assert.Equal("linux/arm64", (await CompileAsync("FROM base AS a\nFROM a\nRUN x\n", options)).Root!.Platform!.ToString());
    }

    [Theory] // P3: the normal form is in PlatformTests
    [InlineData("FROM --platform=$NONE base\n", "empty platform value from expression $NONE")]
    [InlineData("FROM --platform=a/b/c/d base\n", "failed to parse platform a/b/c/d")]
    [InlineData("FROM --platform=windows/amd64 base\n", "images for windows cannot be built here")]
    public async Task A_platform_that_is_none_is_refused(string text, string message)
    {
        var error = await ErrorOf(text);

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((GraphErrors.InvalidPlatform, 1), (error.Code, error.Span!.Line));
    }

    [Fact] // P4: an index without it fails in ResolvingTests
    public async Task A_base_of_another_platform_is_taken_with_a_warning()
    {
        Resolver.Configs["base"] = FakeResolver.Config(Platform.Parse("linux/s390x"));

        var warning = Assert.Single((await CompileAsync("FROM --platform=linux/amd64 base AS amd64\n")).Warnings);

        Assert.Equal("InvalidBaseImagePlatform", warning.Rule);
        Assert.Contains("pulled with platform \"linux/s390x\", expected \"linux/amd64\"", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_image_is_told_with_the_place_of_its_from()
    {
        var error = await ErrorOf("FROM scratch\nFROM missing\n");

        Assert.Equal(("no such image", 2), (error.Message, error.Span!.Line));
    }

    [Fact]
    public async Task An_image_that_is_named_often_is_asked_for_once()
    {
        await CompileAsync("FROM base AS a\nRUN x\nFROM base\nCOPY --from=a / /\nCOPY --from=base / /\nRUN --mount=from=base,target=/m x\n");

        Assert.Single(Resolver.Asked);
    }

    [Theory] // K2: one key, however it is written
    [InlineData("alpine", "alpine", true)]
    [InlineData("alpine:latest", "alpine", true)]
    [InlineData("docker.io/library/alpine", "alpine", true)]
    [InlineData("alpine", "docker.io/library/alpine:latest", true)]
    [InlineData("alpine", "alpine:3", false)]
    public async Task A_named_context_takes_the_place_of_an_image(string name, string from, bool replaced)
    {
        var plan = await CompileAsync($"FROM {from}\nRUN x\n", WithContext(name, new ImageContext(ImageReference.Parse("other:1"))));
        var expected = replaced ? "other:1" : from;

        Assert.Equal([$"{expected} {Platform.Host}"], Resolver.Asked);
        Assert.Equal(expected, plan.Image.Base!.Reference.Familiar);
    }

    [Theory] // K3
    [InlineData("COPY --from=tools /t /t")]
    [InlineData("RUN --mount=from=tools,target=/t x")]
    public async Task A_named_context_takes_the_place_of_an_image_that_is_copied_or_mounted_from(string step)
    {
        var plan = await CompileAsync($"FROM scratch\n{step}\n", WithContext("tools", new FolderContext()));

        Assert.Equal(new ContextOperation("tools"), Assert.Single(Operations<ContextOperation>(plan)));
        Assert.Empty(Resolver.Asked);
    }

    [Fact] // K5
    public async Task Only_a_context_that_is_an_image_brings_a_config()
    {
        var full = new ExecutionConfig { Env = ["A=1"], User = "u", Entrypoint = ["e"] };
        Resolver.With("other:1", full).With("x", full).Configs["layout:v1"] = Resolver.Configs["x"];

        async Task<(string?, string)> UserAndPlace(NamedContext context)
        {
            var config = await ConfigOf("FROM x\nENV B=2\n", WithContext("x", context));
            return (config.User, string.Join(' ', config.Env!));
        }

        Assert.Equal(("u", $"A=1 {DefaultPath} B=2"), await UserAndPlace(new ImageContext(ImageReference.Parse("other:1"))));
        Assert.Equal(("u", $"A=1 {DefaultPath} B=2"), await UserAndPlace(new LayoutContext("/layout", "v1")));
        Assert.All(
            await Task.WhenAll(((NamedContext[])[new FolderContext(), new GitContext("https://h/r.git"), new HttpContext("https://h/f"), new ScratchContext()]).Select(UserAndPlace)),
            found => Assert.Equal((null, $"{DefaultPath} B=2"), found));
    }

    [Fact] // K2
    public async Task A_named_context_for_the_platform_comes_first()
    {
        var options = new CompileOptions
        {
            TargetPlatform = Platform.Parse("linux/arm64"),
            NamedContexts = new Dictionary<string, NamedContext>
            {
                ["alpine"] = new ImageContext(ImageReference.Parse("any")),
                ["alpine::linux/arm64"] = new ImageContext(ImageReference.Parse("arm")),
            },
        };

        Assert.Equal("arm:latest", (await CompileAsync("FROM alpine\n", options)).Image.Base!.Reference.Familiar);
    }

    [Fact] // K3
    public async Task A_named_context_takes_the_place_of_a_stage_and_its_instructions()
    {
        const string Text = "FROM missing AS deps\nRUN never\nFROM scratch\nCOPY --from=deps /a /a\n";
        var plan = await CompileAsync(Text, WithContext("deps", new FolderContext()));

        Assert.Empty(Resolver.Asked);
        Assert.Equal(new ContextOperation("deps"), Assert.Single(Operations<ContextOperation>(plan)));
        Assert.Empty(Operations<RunOperation>(plan));
    }

    [Fact]
    public async Task A_stage_on_a_folder_is_a_copy_of_it_in_a_layer_without_an_instruction()
    {
        var plan = await CompileAsync("FROM files\nENV A=1\n", WithContext("files", new FolderContext()));

        var copy = Assert.IsType<CopyOperation>(plan.Root!.Operation);
        Assert.Equal(new CopySource(1, "/"), Assert.Single(copy.Sources));
        Assert.Equal([null, "ENV A=1"], plan.Image.Steps.Select(step => step.CreatedBy));
        Assert.Equal("buildkit.exporter.image.v0", plan.Image.Steps[0].Comment);
        Assert.Same(plan.Root, plan.Image.Steps[0].Layer);
    }

    [Fact] // K1: the file of a URL is called context; the values are in NamedContextParserTests
    public async Task Other_named_contexts_are_sources_too()
    {
        const string Text = "FROM x\n";

        Assert.Equal("/layout", (await LastOperation<ImageOperation>(Text, WithContext("x", new LayoutContext("/layout", "v1")))).LayoutPath);
        Assert.Equal("main", (await LastOperation<GitOperation>(Text, WithContext("x", new GitContext("https://h/r.git#main")))).Reference);
        Assert.Null((await CompileAsync(Text, WithContext("x", new ScratchContext()))).Root);
        var copied = await CompileAsync("FROM scratch\nCOPY --from=x /context /\n", WithContext("x", new HttpContext("https://h/f")));
        Assert.Equal("context", Assert.Single(Operations<HttpOperation>(copied)).FileName);
    }

    [Fact] // K3
    public async Task Scratch_and_context_cannot_be_replaced()
    {
        var contexts = new CompileOptions
        {
            NamedContexts = new Dictionary<string, NamedContext> { ["scratch"] = new FolderContext(), ["context"] = new FolderContext() },
        };

        Assert.Null((await CompileAsync("FROM scratch\n", contexts)).Root);
        Assert.NotNull((await CompileAsync("FROM context\n", contexts)).Image.Base);
    }

    [Fact]
    public async Task An_error_in_a_word_tells_the_word_and_its_line()
    {
        var error = await ErrorOf("FROM scratch\nENV A=${v:?}\n");

        Assert.Contains("failed to process \"${v:?}\": v: is not allowed to be unset", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Span!.Line);
    }

    [Fact] // B6
    public async Task Without_cache_all_steps_or_those_of_named_stages_are_run_again()
    {
        const string Text = "FROM base AS a\nRUN x\nFROM a AS b\nRUN y\n";
        async Task<IEnumerable<bool>> Ignored(CompileOptions options) =>
            BuildGraph.Of((await CompileAsync(Text, options)).Root!).Vertices.Select(vertex => vertex.IgnoreCache);

        Assert.Equal([false, false, false], await Ignored(new CompileOptions()));
        Assert.Equal([false, true, true], await Ignored(new CompileOptions { NoCache = true }));
        Assert.Equal([false, true, false], await Ignored(new CompileOptions { NoCacheStages = ["A"] }));
        Assert.Equal([false, true, true], await Ignored(new CompileOptions { NoCacheStages = ["b", "A"] }));
    }

    [Fact]
    public async Task Steps_are_named_by_stage_and_number()
    {
        var plan = await CompileAsync("FROM base AS build\nWORKDIR /\nRUN make \\\n  all\nFROM scratch\nCOPY --from=build /x /x\n");
        var names = BuildGraph.Of(plan.Root!).Vertices.Select(vertex => vertex.DisplayName);

        Assert.Equal(
            ["scratch", "[build 1/3] FROM docker.io/library/base:latest", "[build 3/3] RUN make   all", "[stage-1 1/1] COPY --from=build /x /x"], names);
        Assert.Equal("[2/2] RUN x", (await CompileAsync("FROM base\nRUN x\n")).Root!.DisplayName);
        Assert.StartsWith($"[{Platform.Host} 2/2]", (await CompileAsync("FROM base\nRUN x\n", new CompileOptions { NamePlatform = true })).Root!.DisplayName, StringComparison.Ordinal);
    }

    [Theory] // S1; S2: a folder as context has no time
    [InlineData("1700000000", 1_700_000_000L)]
    [InlineData("", null)]
    [InlineData("context", null)]
    public async Task The_source_date_comes_from_the_build_or_a_global_argument(string value, long? seconds)
    {
        Assert.Equal(seconds, (await CompileAsync("FROM scratch\n", WithArgs(("SOURCE_DATE_EPOCH", value)))).Image.SourceDateEpoch?.ToUnixTimeSeconds());
        Assert.Equal(seconds, (await CompileAsync($"ARG SOURCE_DATE_EPOCH={value}\nFROM scratch\n")).Image.SourceDateEpoch?.ToUnixTimeSeconds());
    }

    [Fact] // S4; S2: what is none
    public async Task The_source_date_is_in_a_run_only_when_declared()
    {
        var options = new CompileOptions { SourceDateEpoch = 5 };

        Assert.Equal(5, (await CompileAsync("FROM scratch\n", options)).Image.SourceDateEpoch?.ToUnixTimeSeconds());
        Assert.DoesNotContain("SOURCE_DATE_EPOCH=5", (await LastOperation<RunOperation>("FROM scratch\nRUN x\n", options)).Environment);
        Assert.Contains("SOURCE_DATE_EPOCH=5", (await LastOperation<RunOperation>("FROM scratch\nARG SOURCE_DATE_EPOCH\nRUN x\n", options)).Environment);
        Assert.Contains("invalid SOURCE_DATE_EPOCH: soon", (await ErrorOf("ARG SOURCE_DATE_EPOCH=soon\nFROM scratch\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_ten_thousand_stages_compiles()
    {
        var text = "FROM scratch AS s0\n" + string.Concat(Enumerable.Range(1, 9_999).Select(i => $"FROM s{i - 1} AS s{i}\n"));

        Assert.Null((await CompileAsync(text)).Root);
    }
}
