using Builder.Linux.Processes;

namespace Builder.Containers.Tests;

/// <summary>Process 1 of Builder's own (<c>--init</c>), and what stands between Builder's program file and the container.</summary>
public sealed class InitTests : ContainerTest
{
    [Fact]
    public async Task Process_1_is_builders_and_the_program_is_its_child()
    {
        var seen = await OutputOfAsync("cat /proc/1/cmdline; echo; echo $$; grep PPid /proc/self/status | head -1; ls /proc/1/fd | wc -l", WithInit);

        Assert.Equal("builder-init\0\n2\nPPid:\t2\n4\n", seen);
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    public async Task It_exits_as_the_program_does(string command, int code) =>
        Assert.Equal(code, (await Outcome.OfAsync(WithInit(Root.Shell(command)))).Exit.ExitCode);

    [Fact]
    public async Task Processes_whose_parent_is_gone_are_reaped()
    {
        // A shell that ends before its child leaves it to process 1.
        const string Orphans = "for i in 1 2 3 4 5; do sh -c 'true & exec true'; done; n=0; while grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null && [ $n -lt 200 ]; do n=$((n+1)); sleep 0.02; done; echo clean";

        Assert.EndsWith("clean\n", await OutputOfAsync(Orphans, WithInit), StringComparison.Ordinal);
        Assert.DoesNotContain("State", await OutputOfAsync(Orphans + "; grep -h '^State:.Z' /proc/[0-9]*/status; true", WithInit), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.HangUp)]
    [InlineData(10)]
    public async Task Signals_are_passed_on(int signal)
    {
        var ready = new TaskCompletionSource();
        var container = await ContainerProcess.StartAsync(
            WithInit(Root.Shell($"trap 'exit 5' {signal}; echo ready; while :; do sleep 0.05; done")), (_, _) => ready.TrySetResult(), TestContext.Current.CancellationToken);
        await ready.Task;

        container.Signal(signal);

        Assert.Equal(5, (await container.WaitAsync(TestContext.Current.CancellationToken)).ExitCode);
    }

    [Fact]
    public async Task A_stop_is_polite_although_process_1_has_no_handlers()
    {
        using var end = new CancellationTokenSource();
        var said = new MemoryStream();
        var ready = new TaskCompletionSource();
        var container = await ContainerProcess.StartAsync(
            WithInit(Root.Shell("trap 'echo asked; exit 0' TERM; echo ready; while :; do sleep 0.05; done")) with { StopGrace = TimeSpan.FromSeconds(30) },
            (_, bytes) =>
            {
                said.Write(bytes.Span);
                ready.TrySetResult();
            },
            TestContext.Current.CancellationToken);
        await ready.Task;
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => container.WaitAsync(end.Token));

        Assert.Equal("ready\nasked\n"u8, said.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_program_that_cannot_be_executed_is_told_with_and_without(bool init)
    {
        File.WriteAllText(Path.Combine(Root.Lower, "bin/text"), "no program\n");
        var missing = await Assert.ThrowsAsync<Diagnostics.BuilderException>(() => Outcome.OfAsync(Root.Spec("no-such") with { HasInit = init }));
        var text = await Assert.ThrowsAsync<Diagnostics.BuilderException>(() => Outcome.OfAsync(Root.Spec("/bin/text") with { HasInit = init }));

        Assert.Equal((ContainersErrors.ProgramNotFound, ContainersErrors.ProgramNotExecutable), (missing.Code, text.Code));
        Assert.Contains("PATH (/bin)", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>CVE-2019-5736: what the interpreter line starts is a program without a file, which nobody can write to.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interpreter_line_leads_to_a_sealed_program_and_not_to_builder(bool init)
    {
        var script = Path.Combine(Root.Lower, "bin/evil");
        File.WriteAllText(script, "#!/proc/self/exe\n");
        File.SetUnixFileMode(script, (UnixFileMode)Convert.ToInt32("755", 8));

        // Run as Builder's executable it would end with another code, and with words.
        var outcome = await Outcome.OfAsync(Root.Spec("/bin/evil", "a", "b") with { HasInit = init });

        Assert.Equal((127, "", ""), (outcome.Exit.ExitCode, outcome.Stdout, outcome.Stderr));
    }

    [Fact]
    public async Task The_file_of_process_1_cannot_be_written()
    {
        var seen = await OutputOfAsync("readlink /proc/1/exe; echo x 2>&1 > /proc/1/exe || echo refused; dd if=/dev/zero of=/proc/1/exe bs=1 count=1 conv=notrunc 2>&1 || echo refused", WithInit);

        Assert.Contains("memfd:builder-init", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("records out", seen, StringComparison.Ordinal);
        Assert.Equal("still\n", await OutputOfAsync("echo still", WithInit));
    }

    private static ContainerSpec WithInit(ContainerSpec spec) => spec with { HasInit = true };
}
