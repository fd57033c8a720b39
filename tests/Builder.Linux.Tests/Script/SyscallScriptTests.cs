using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Linux.Tests.Script;

public sealed class SyscallScriptTests : IDisposable
{
    private readonly SyscallScript script = new();

    public void Dispose() => script.Dispose();

    [Fact]
    public void A_script_can_be_read()
    {
        var proc = script.NewFileSystem("proc", MountAttributes.NoSetUid, ("hidepid", "0"), ("flag", null));
        script.ChangeRoot(proc);

        Assert.Equal(
            [
                "FsOpen(\"proc\", 1) -> $fs",
                "FsConfig($fs, 1, \"source\", \"proc\", 0)",
                "FsConfig($fs, 1, \"hidepid\", \"0\", 0)",
                "FsConfig($fs, 0, \"flag\", 0, 0)",
                "FsConfig($fs, 6, 0, 0, 0)",
                "FsMount($fs, 1, 2) -> $proc",
                "Close($fs)",
                "FchDir($proc)",
                "PivotRoot(\".\", \".\")",
                "Umount2(\".\", 2)",
                "ChDir(\"/\")",
            ],
            script.Operations.Select(operation => operation.ToString()));
    }

    [Fact]
    public void The_program_is_executed_with_its_arguments_and_environment()
    {
        Assert.Equal(0, Run("/bin/sh", "-c", "test \"$A\" = 'b c' && test \"$1\" = 'd e'", "sh", "d e").Code);
        Assert.Equal(3, Run("/bin/sh", "-c", "exit 3").Code);
    }

    [Fact]
    public void A_failure_names_the_operation_and_its_reason_and_leaves_no_process()
    {
        script.ChangeDirectory("/nonexistent");
        script.ExecuteThisProgram([], []);

        var result = ScriptRunner.Launch(script, Namespaces.None);

        Assert.Null(result.Child);
        Assert.Equal("chdir /nonexistent: ENOENT (no such file or directory)", result.Failure!.ToString());
    }

    [Fact]
    public void A_script_that_ends_without_a_program_has_failed()
    {
        script.NewSession();

        var result = ScriptRunner.Launch(script, Namespaces.None);

        Assert.Same(script.Operations[0], result.Failure!.Operation);
    }

    [Fact]
    public void Branches_are_taken_as_the_operation_goes()
    {
        script.IfSucceeds(script.ChangeDirectory("/nonexistent"), () => script.ChangeDirectory("/skipped-after-failure"));
        script.IfFails(script.ChangeDirectory("/"), () => script.ChangeDirectory("/skipped-after-success"));
        script.IfSucceeds(script.ChangeDirectory("/"), () => script.ChangeDirectory("/proc"));
        script.IfFails(script.ChangeDirectory("/nonexistent"), () => script.ChangeDirectory("/sys"));
        script.Execute(["/bin/sh"], ["sh", "-c", "test $(pwd) = /sys"], []);

        Assert.Equal(0, Started().Wait().Code);
        Assert.Equal(Errno.ENOENT, script.Operations[0].Error);
    }

    [Fact]
    public void The_first_candidate_that_is_there_is_executed_and_the_others_keep_their_errors()
    {
        var attempts = script.Execute(["/nonexistent/sh", "/etc/passwd", "/bin/sh"], ["sh", "-c", "exit 9"], []);

        Assert.Equal(9, Started().Wait().Code);
        Assert.Equal([Errno.ENOENT, null, null, Errno.EACCES, null, null], attempts.Select(attempt => attempt.Error));
    }

    [Fact]
    public void What_an_outsider_does_happens_while_the_script_waits()
    {
        using var pipe = Pipe.Create();
        var seen = 0;
        script.Read(script.Descriptor(pipe.Reader), "waiting").AtLeast(1);
        script.Execute(["/bin/true"], ["true"], []);

        var result = ScriptRunner.Launch(script, Namespaces.None, id =>
        {
            seen = id;
            Descriptors.Signal(pipe.Writer);
        });

        Assert.Equal(result.Child!.Id, seen);
        Assert.Equal(0, result.Child.Wait().Code);
    }

    [Fact]
    public void An_outsider_that_fails_ends_the_process_and_says_why()
    {
        using var pipe = Pipe.Create();
        script.Read(script.Descriptor(pipe.Reader), "waiting");

        Assert.Throws<InvalidDataException>(() => ScriptRunner.Launch(script, Namespaces.None, _ => throw new InvalidDataException()));
    }

    [Fact]
    public async Task A_process_that_does_not_get_to_its_program_can_be_cancelled()
    {
        using var pipe = Pipe.Create();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        script.Read(script.Descriptor(pipe.Reader), "waiting for ever");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Task.Run(() => ScriptRunner.Launch(script, Namespaces.None, cancellationToken: cancellation.Token)).WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void An_operation_that_is_raced_is_tried_again_but_not_for_ever()
    {
        using var pipe = Pipe.Create(nonBlocking: true);
        script.Read(script.Descriptor(pipe.Reader), "reading").RetryWhenRaced();

        var result = ScriptRunner.Launch(script, Namespaces.None);

        Assert.Equal(Errno.EAGAIN, result.Failure!.Errno);
    }

    [Fact]
    public void A_text_with_a_zero_byte_is_refused()
    {
        Assert.Throws<ArgumentException>(() => script.Text("a\0b"));
    }

    [Fact]
    public void A_signal_that_ended_a_process_is_told()
    {
        script.Execute(["/bin/sleep"], ["sleep", "1000"], []);
        using var child = Started();

        child.Signal(Signals.Kill);

        Assert.Equal(new ExitStatus(137, Signals.Kill, default), child.Wait() with { Usage = default });
    }

    private ChildProcess Started()
    {
        var result = ScriptRunner.Launch(script, Namespaces.None);
        Assert.Null(result.Failure);
        return result.Child!;
    }

    private static ExitStatus Run(string program, params string[] arguments)
    {
        using var own = new SyscallScript();
        own.ResetSignals();
        own.Execute([program], [program, .. arguments], ["A=b c"]);
        using var child = ScriptRunner.Launch(own, Namespaces.None).Child!;
        return child.Wait();
    }
}
