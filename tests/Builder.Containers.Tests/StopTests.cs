using System.Diagnostics;

namespace Builder.Containers.Tests;

public sealed class StopTests : ContainerTest
{
    private const int Kill = 9;

    [Fact]
    public async Task A_cancelled_container_is_gone_with_all_its_processes()
    {
        using var cancellation = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var marker = $"{Environment.ProcessId}.7{Random.Shared.Next(1000)}";
        var running = ContainerProcess.RunAsync(
            Root.Shell($"sleep {marker} & sleep {marker} & echo up; sleep {marker}"),
            (_, _) => started.TrySetResult(),
            cancellation.Token);
        await started.Task;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLineOf(process).Contains(marker, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_program_that_listens_to_the_request_to_end_may_finish()
    {
        var (output, elapsed) = await CancelAsync("trap 'echo bye; exit 0' TERM; echo up; while true; do sleep 0.05; done", TimeSpan.FromSeconds(10));

        Assert.Equal("up\nbye\n", output);
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_program_that_ignores_the_request_is_killed_after_the_grace()
    {
        var (output, elapsed) = await CancelAsync("trap 'echo no' TERM; echo up; while true; do sleep 0.05; done", TimeSpan.FromMilliseconds(300));

        Assert.Equal("up\nno\n", output);
        Assert.InRange(elapsed, TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_program_that_cannot_hear_the_request_is_killed_at_once()
    {
        var (_, elapsed) = await CancelAsync("echo up; sleep 1000", TimeSpan.FromSeconds(30));

        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_container_that_a_signal_ended_says_so()
    {
        var container = await ContainerProcess.StartAsync(Root.Spec("sleep", "1000"), (_, _) => { }, CancellationToken.None);

        container.Signal(Kill);

        var exit = await container.WaitAsync(CancellationToken.None);
        Assert.Equal((137, Kill), (exit.ExitCode, exit.Signal));
        container.Signal(Kill);
    }

    [Fact]
    public async Task A_cancelled_token_starts_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Outcome.OfAsync(Root.Shell("touch /tmp/started"), new CancellationToken(canceled: true)));

        Assert.Empty(Root.UpperEntries());
    }

    private async Task<(string Output, TimeSpan Elapsed)> CancelAsync(string command, TimeSpan grace)
    {
        using var cancellation = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var output = new MemoryStream();
        var container = await ContainerProcess.StartAsync(
            Root.Shell(command) with { StopGrace = grace },
            (_, bytes) =>
            {
                output.Write(bytes.Span);
                started.TrySetResult();
            },
            CancellationToken.None);
        await started.Task;
        var clock = Stopwatch.StartNew();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => container.WaitAsync(cancellation.Token));
        return (System.Text.Encoding.UTF8.GetString(output.ToArray()), clock.Elapsed);
    }

    private static string CommandLineOf(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
