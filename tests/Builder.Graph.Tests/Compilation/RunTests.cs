using Builder.Dockerfile.Syntax;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Graph.Tests.Compilation;

public sealed class RunTests : CompilerTest
{
    [Fact]
    public async Task The_shell_form_is_one_argument_of_the_shell_untouched()
    {
        var run = await LastOperation<RunOperation>("FROM scratch\nENV v=1\nRUN echo \"$v\"  'x' \\\n  y\n");

        Assert.Equal(["/bin/sh", "-c", "echo \"$v\"  'x'   y"], run.Arguments);
        Assert.Equal(("/", "", "buildkitsandbox"), (run.WorkingDirectory, run.User, run.Hostname));
    }

    [Fact]
    public async Task The_exec_form_is_taken_as_it_is() =>
        Assert.Equal(["a b", "$c"], (await LastOperation<RunOperation>("FROM scratch\nSHELL [\"x\"]\nRUN [\"a b\", \"$c\"]\n")).Arguments);

    [Fact]
    public async Task An_empty_exec_form_is_refused() // R2
    {
        Assert.Contains("arguments are required", (await ErrorOf("FROM scratch\nRUN []\n")).Message, StringComparison.Ordinal);
        Assert.Empty((await CompileAsync("FROM scratch\nRUN []\nFROM scratch\n")).Image.Steps); // L6: nobody builds that stage
    }

    [Fact]
    public async Task A_script_with_an_interpreter_is_a_file_that_is_executed()
    {
        var run = await LastOperation<RunOperation>("FROM scratch\nRUN <<-EOF\n\t#!/usr/bin/env python\n\tprint(\"$x\")\n\tEOF\n");

        Assert.Equal(["/dev/pipes/EOF"], run.Arguments);
        Assert.Equal([new InlineFile("EOF", "#!/usr/bin/env python\nprint(\"$x\")\n")], run.Scripts);
    }

    [Fact]
    public async Task Any_other_here_document_goes_to_the_shell()
    {
        Assert.Equal(["/bin/sh", "-c", "a\n$b\n"], (await LastOperation<RunOperation>("FROM scratch\nRUN <<EOF\na\n$b\nEOF\n")).Arguments);
        Assert.Equal(
            ["/bin/sh", "-c", "cat <<A 3<<-B\n1\nA\n\t2\nB"],
            (await LastOperation<RunOperation>("FROM scratch\nRUN cat <<A 3<<-B\n1\nA\n\t2\n\tB\n")).Arguments);
    }

    [Fact]
    public async Task The_network_is_that_of_the_flag_else_of_the_build()
    {
        var options = new CompileOptions { Network = RunNetwork.None };

        Assert.Equal(RunNetwork.None, (await LastOperation<RunOperation>("FROM scratch\nRUN x\n", options)).Network);
        Assert.Equal(RunNetwork.Host, (await LastOperation<RunOperation>("FROM scratch\nRUN --network=host x\n", options)).Network);
        Assert.Equal(RunNetwork.Default, (await LastOperation<RunOperation>("FROM scratch\nRUN --network=default x\n", options)).Network);
        Assert.Equal(RunSecurity.Insecure, (await LastOperation<RunOperation>("FROM scratch\nRUN --security=insecure x\n")).Security);
    }

    [Fact]
    public async Task Hostname_and_cache_namespace_come_from_build_arguments()
    {
        var run = await LastOperation<RunOperation>(
            "FROM scratch\nRUN --mount=type=cache,target=/c x\n", WithArgs(("BUILDKIT_SANDBOX_HOSTNAME", "h"), ("BUILDKIT_CACHE_MOUNT_NS", "ns")));

        Assert.Equal("h", run.Hostname);
        Assert.Equal("ns//c", Assert.IsType<StepCacheMount>(Assert.Single(run.Mounts)).Id);
        Assert.Equal([DefaultPath], run.Environment);
    }

    [Fact] // M3
    public async Task Mounts_have_absolute_paths_are_sorted_and_the_last_of_one_target_counts()
    {
        var run = await LastOperation<RunOperation>("""
            FROM scratch
            WORKDIR /w
            ARG SIZE=64m
            RUN --mount=type=tmpfs,target=/z,size=$SIZE --mount=type=cache,target=c,id=i,sharing=locked --mount=type=tmpfs,target=/a --mount=type=cache,target=/a/ x
            """);

        Assert.Equal(
            [
                new StepCacheMount("/a", "/a", null, null, false, CacheSharing.Shared),
                new StepCacheMount("/w/c", "i", null, null, false, CacheSharing.Locked),
                new StepTmpfsMount("/z", 64 << 20, false),
            ],
            run.Mounts);
    }

    [Fact] // M3
    public async Task A_mount_without_a_target_covers_the_working_directory()
    {
        Assert.Equal("/w", Assert.IsType<StepBindMount>(Assert.Single((await LastOperation<RunOperation>("FROM scratch\nWORKDIR /w\nRUN --mount=type=bind x\n")).Mounts)).Target);
        Assert.Contains("invalid mount target \"/\"", (await ErrorOf("FROM scratch\nRUN --mount=type=bind x\n")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("target=/a/../c/", "/c")]
    [InlineData("target=./c", "c")]
    [InlineData("target=.", ".")]
    [InlineData("target=/c,id=x", "x")]
    public async Task A_cache_without_an_id_is_known_by_its_target_as_written(string options, string id)
    {
        var run = await LastOperation<RunOperation>($"FROM scratch\nWORKDIR /w\nRUN --mount=type=cache,{options} x\n");

        Assert.Equal(id, Assert.IsType<StepCacheMount>(Assert.Single(run.Mounts)).Id);
    }

    [Fact]
    public async Task Bind_mounts_come_from_the_context_a_stage_or_an_image()
    {
        var plan = await CompileAsync("""
            FROM base AS a
            RUN a
            FROM base
            RUN --mount=target=/1 --mount=from=a,source=x/../y,target=/2,rw --mount=from=other,target=/3 --mount=from=A,target=/4 x
            """);

        Assert.Equal(["image", "context", "run", "image"], plan.Root!.Inputs.Select(input => input.Operation.Kind));
        Assert.Equal(
            [
                new StepBindMount("/1", 1, "/", true), new StepBindMount("/2", 2, "/y", false),
                new StepBindMount("/3", 3, "/", true), new StepBindMount("/4", 2, "/", true),
            ],
            ((RunOperation)plan.Root.Operation).Mounts);
    }

    [Fact]
    public async Task A_cache_may_start_with_the_content_of_a_stage()
    {
        var plan = await CompileAsync("FROM base AS a\nFROM scratch\nRUN --mount=type=cache,target=/c,from=a,source=/s x\n");

        Assert.Equal(new StepCacheMount("/c", "/c", 1, "/s", false, CacheSharing.Shared), Assert.Single(((RunOperation)plan.Root!.Operation).Mounts));
        Assert.IsType<ImageOperation>(plan.Root.Inputs[1].Operation);
    }

    [Fact]
    public async Task Secrets_are_files_or_variables_and_agents_are_announced()
    {
        var run = await LastOperation<RunOperation>("""
            FROM scratch
            RUN --mount=type=secret,id=a --mount=type=secret,id=b,env=B --mount=type=ssh --mount=type=ssh,id=o,target=/s,required=true x
            """);

        Assert.Equal(
            [
                new StepSecretMount(null, "B", "b", false), new StepSshMount("/run/buildkit/ssh_agent.0", "default", false),
                new StepSecretMount("/run/secrets/a", null, "a", false), new StepSshMount("/s", "o", true),
            ],
            run.Mounts);
        Assert.Contains("SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0", run.Environment);
    }

    [Theory] // M3
    [InlineData("type=tmpfs,target=/")]
    [InlineData("type=bind,target=..")]
    [InlineData("type=cache,target=$none")]
    public async Task A_mount_cannot_cover_the_root(string mount) =>
        Assert.Contains("invalid mount target", (await ErrorOf($"FROM scratch\nRUN --mount={mount} x\n")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_option_that_is_out_of_place_has_its_place_told() =>
        Assert.Equal(2, (await ErrorOf("FROM scratch\nRUN --mount=type=bind,target=/x,size=1 x\n")).Span!.Line);
}
