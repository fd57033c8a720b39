using Builder.Diagnostics;
using Builder.Dockerfile;
using Builder.Graph.Compilation;
using Builder.Graph.Inspection;
using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Tests.Compilation;

/// <summary>Variables in <c>COPY --from</c> and in mounts (case 32 of section 7: an error elsewhere).</summary>
public sealed class FromVariableTests : CompilerTest
{
    private const string Stages = "FROM scratch AS one\nADD 1 /\nFROM scratch AS two\nADD 2 /\nFROM scratch\n";

    [Theory]
    [InlineData("ARG X=two\n", "$X", "/2")] // a stage's name
    [InlineData("ARG X=TWO\n", "${X}", "/2")]
    [InlineData("ARG X=0\n", "$X", "/1")] // its number
    [InlineData("ARG X\n", "${X:-one}", "/1")]
    [InlineData("", "${X:-one}", "/1")]
    [InlineData("ARG P=t\nARG X=${P}wo\n", "$X", "/2")]
    [InlineData("ARG P=tw\n", "${P}o", "/2")]
    [InlineData("ARG P=two-debug\n", "${P%-*}", "/2")]
    [InlineData("ARG NONE\n", "two$NONE", "/2")]
    public async Task A_copy_is_from_what_the_global_arguments_say(string globals, string from, string source)
    {
        var plan = await CompileAsync($"{globals}{Stages}COPY --from={from} /a /b\n");

        Assert.Equal([source], SourcesOfInput(plan.Root!));
    }

    [Theory]
    [InlineData("bind")]
    [InlineData("cache")]
    public async Task A_mount_is_from_what_the_global_arguments_say(string type)
    {
        var plan = await CompileAsync($"ARG X=two\n{Stages}RUN --mount=type={type},from=$X,target=/x y\n");

        Assert.Equal([type], ((RunOperation)plan.Root!.Operation).Mounts.Select(mount => mount is StepBindMount ? "bind" : "cache"));
        Assert.Equal(["/2"], SourcesOfInput(plan.Root));
    }

    [Fact]
    public async Task A_mount_does_not_count_stages()
    {
        await CompileAsync($"ARG X=0\n{Stages}RUN --mount=from=${{X}},target=/x y\n");

        Assert.Equal([$"0:latest {Platform.Host}"], Resolver.Asked.Select(asked => asked.Replace("docker.io/library/", "", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_build_argument_chooses_the_stage_and_only_that_one_is_built()
    {
        var text = $"ARG X=one\n{Stages}COPY --from=$X /a /b\n";

        var plan = await CompileAsync(text, WithArgs(("X", "two")));

        Assert.Equal(["/2"], SourcesOfInput(plan.Root!));
        Assert.DoesNotContain(BuildGraph.Of(plan.Root!).Vertices, vertex => vertex.DisplayName.Contains("ADD 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_history_and_the_key_are_those_of_the_name_written_out()
    {
        var written = await CompileAsync($"{Stages}COPY --from=two /a /b\n");
        var variable = await CompileAsync($"ARG X=two\n{Stages}COPY --from=$X /a /b\n");

        Assert.Equal(written.Root!.Digest, variable.Root!.Digest);
        Assert.Equal(written.Image.Steps.Select(step => step.CreatedBy), variable.Image.Steps.Select(step => step.CreatedBy));
        Assert.EndsWith("COPY --from=$X /a /b", variable.Root.DisplayName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_automatic_arguments_are_seen()
    {
        var plan = await CompileAsync($"{Stages.Replace("two", "for-amd64", StringComparison.Ordinal)}COPY --from=for-$TARGETARCH /a /b\n", new CompileOptions { TargetPlatform = Platform.Parse("linux/amd64") });

        Assert.Equal(["/2"], SourcesOfInput(plan.Root!));
    }

    [Fact]
    public async Task It_may_be_an_image_or_a_named_context()
    {
        const string Text = "ARG X=tools\nARG V=9\nFROM scratch\nCOPY --from=$X:$V /a /b\n";

        await CompileAsync(Text);
        var plan = await CompileAsync(Text, WithContext("tools:9", new FolderContext()));

        Assert.Equal([$"tools:9 {Platform.Host}"], Resolver.Asked);
        Assert.Equal("tools:9", Assert.Single(Operations<ContextOperation>(plan)).Name);
    }

    [Fact]
    public async Task A_trigger_sees_the_arguments_of_the_file_that_it_is_triggered_in()
    {
        var plan = await CompileAsync("ARG X=two\nFROM scratch AS two\nADD 2 /\nFROM scratch AS base\nONBUILD COPY --from=${X} /a /b\nFROM base\n");

        Assert.Equal(["/2"], SourcesOfInput(plan.Root!));
    }

    [Theory]
    [InlineData("ARG X=two\nCOPY --from=$X /a /b", "7:13 --from cannot use $X, which only the stage declares")]
    [InlineData("ARG X=two\nCOPY --from=${X:-one} /a /b", "7:13 --from cannot use $X, which only the stage declares")]
    [InlineData("ENV X=two\nCOPY --from=$X /a /b", "7:13 --from cannot use $X, which only the stage declares")]
    [InlineData("ARG X=two\nRUN --mount=target=/x,from=$X y", "7:23 the mount's from cannot use $X, which only the stage declares")]
    public async Task What_only_the_stage_declares_is_refused_with_the_way_out(string instructions, string expected)
    {
        var error = await ErrorOf($"{Stages}{instructions}\n");

        Assert.Equal((GraphErrors.InvalidFrom, expected), (error.Code, $"{error.Span!.Line}:{error.Span.Column} {error.Message}"));
        Assert.Equal("it has to be known before any stage is built: declare it before the first FROM, with ARG X=…", error.Hint);
    }

    [Fact]
    public async Task What_a_stage_inherits_is_the_stage_s_too()
    {
        var error = await ErrorOf("FROM scratch AS a\nARG X=y\nFROM a AS b\nFROM b\nCOPY --from=${X:-z} /a /b\n");

        Assert.Equal("--from cannot use $X, which only the stage declares", error.Message);
    }

    [Fact]
    public async Task A_variable_that_nobody_declares_is_an_error_even_if_something_is_left()
    {
        var error = await ErrorOf($"ARG VERSION=1\n{Stages}COPY --from=two$VERSOIN /a /b\n");

        Assert.Equal(GraphErrors.InvalidFrom, error.Code);
        Assert.Equal("--from uses $VERSOIN, which is not declared (did you mean $VERSION?)", error.Message);
    }

    [Theory]
    [InlineData("ARG X\n")]
    [InlineData("ARG X=\n")]
    public async Task Nothing_is_an_error(string globals)
    {
        var error = await ErrorOf($"{globals}{Stages}COPY --from=$X /a /b\n");

        Assert.Equal((GraphErrors.InvalidFrom, "--from is empty: $X has no value"), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("${X:?needed}", "failed to process \"${X:?needed}\": X: needed")]
    [InlineData("${X^}", "failed to process \"${X^}\": unsupported modifier (^) in substitution")]
    public async Task An_expansion_that_fails_tells_why(string from, string message)
    {
        var error = await ErrorOf($"ARG X\n{Stages}COPY --from={from} /a /b\n");

        Assert.Equal((message, 13), (error.Message, error.Span!.Column));
    }

    [Theory]
    [InlineData("3", "invalid stage index 3")]
    [InlineData("later", "cannot copy from stage \"later\", it needs to be defined before current stage \"2\"")]
    public async Task The_rules_are_those_of_a_name_written_out(string value, string message)
    {
        var error = await ErrorOf($"ARG X={value}\n{Stages}COPY --from=$X /a /b\nFROM scratch AS later\nCOPY --from=2 /b /\n");

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task An_outline_has_the_arguments_that_choose()
    {
        var file = DockerfileParser.Parse(new SourceText("Dockerfile", $"ARG UNUSED=1\nARG W=two\n# X which one\nARG X=$W\nARG Y=one\n{Stages}COPY --from=$X /a /b\nRUN --mount=target=/y,from=$Y z\n"));
        var outline = await DockerfileInspector.OutlineAsync(file, new CompileOptions(), Resolver, TestContext.Current.CancellationToken);

        Assert.Equal(["W=two", "X=two", "Y=one"], outline.Arguments.Select(argument => $"{argument.Name}={argument.Value}"));
    }

    [Fact]
    public async Task Checks_of_sources_know_that_the_context_is_not_meant()
    {
        var report = await CompileAsync($"ARG X=two\n{Stages}COPY --from=$X /*.nothing /b/\n");

        Assert.Empty(report.Warnings);
    }

    /// <summary>What the stages that a vertex reads from copied.</summary>
    private static IEnumerable<string> SourcesOfInput(Vertex vertex) =>
        from input in vertex.Inputs where input.Operation is CopyOperation from source in ((CopyOperation)input.Operation).Sources select source.Path;
}
