using System.Diagnostics;
using Builder.EndToEnd.Support;

namespace Builder.EndToEnd;

/// <summary>Whenever and however it ends, nothing stays: no process, no mount, no half image.</summary>
public sealed class InterruptTests
{
    private const string Dockerfile = "FROM base\nCOPY . /files\nRUN echo started; sleep 1000 & trap '' TERM; sleep 1001\n";

    [Theory]
    [InlineData(Caller.Root, "INT", 130)]
    [InlineData(Caller.Root, "TERM", 143)]
    [InlineData(Caller.User, "INT", 130)]
    public async Task A_signal_during_a_step_ends_everything(Caller caller, string signal, int exitCode)
    {
        using var builder = new BuilderProgram(Flavour.Native, caller);
        Prepare(builder);
        var result = await BuildUntilAsync(builder, () => StepIsRunning(), process => Send(signal, Innermost(process.Id)));
        result.Expect(exitCode);
        Assert.Contains("canceled", result.Error, StringComparison.Ordinal);
        await AssertStepIsGoneAsync();
        builder.AssertNothingIsLeftBehind();
    }

    /// <summary>The step catches TERM and goes on, so the first Ctrl-C waits for it; the second does not.</summary>
    [Fact]
    public async Task A_second_signal_ends_everything_at_once()
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        builder.Files.Write("context/Dockerfile", "FROM base\nRUN trap 'echo not yet' TERM; sleep 1001; sleep 1002\n");
        var result = await BuildUntilAsync(builder, () => StepIsRunning(), process =>
        {
            // Two that come too close are one to the kernel.
            for (var i = 0; i < 100 && !process.HasExited; i++)
            {
                Send("INT", process.Id);
                Thread.Sleep(100);
            }
        });
        result.Expect(130);
        Assert.DoesNotContain("canceled", result.Error, StringComparison.Ordinal);
        await AssertStepIsGoneAsync();
        (await builder.RunAsync("check-store", "--repair")).ExpectSuccess();
        builder.AssertNothingIsLeftBehind();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(250)]
    public async Task A_signal_at_any_other_moment_too(int milliseconds)
    {
        using var builder = new BuilderProgram();
        Prepare(builder);
        for (var i = 0; i < 300; i++)
        {
            builder.Files.Write($"context/many/{i}.txt", new string('x', 10_000));
        }

        var result = await builder.RunAsync(
            ["build", "--build-context", $"base={builder.Files.PathOf("base")}", builder.Files.PathOf("context")],
            new ToolOptions { Started = process => _ = Task.Delay(milliseconds).ContinueWith(_ => Send("INT", process.Id), TaskScheduler.Default) });
        Assert.Contains(result.ExitCode, (int[])[130, -2, 2]);
        await AssertStepIsGoneAsync();
        if (result.ExitCode == 130)
        {
            builder.AssertNothingIsLeftBehind();
        }
    }

    [Theory]
    [InlineData(Caller.Root)]
    [InlineData(Caller.User)]
    public async Task Being_killed_leaves_only_garbage_that_the_next_run_sweeps(Caller caller)
    {
        using var builder = new BuilderProgram(Flavour.Native, caller);
        Prepare(builder);
        await BuildUntilAsync(builder, () => StepIsRunning(), process => Send("KILL", Innermost(process.Id)));
        await AssertStepIsGoneAsync();
        Assert.DoesNotContain(builder.Files.Path, await File.ReadAllTextAsync("/proc/self/mounts"), StringComparison.Ordinal);

        builder.Files.Write("context/Dockerfile", "FROM base\nCOPY . /files\nRUN echo finished\n");
        (await builder.RunAsync("build", "--build-context", $"base={builder.Files.PathOf("base")}", builder.Files.PathOf("context"))).ExpectSuccess();
        builder.AssertNothingIsLeftBehind();
    }

    private static void Prepare(BuilderProgram builder)
    {
        builder.Files.Folder("context");
        builder.Files.Write("context/Dockerfile", Dockerfile);
        builder.Files.Write("context/file", "x");
        BusyboxBase.Make(builder.Files.PathOf("base"));
    }

    private static Task<ToolResult> BuildUntilAsync(BuilderProgram builder, Func<bool> ready, Action<Process> then) => builder.RunAsync(
        ["build", "--build-context", $"base={builder.Files.PathOf("base")}", builder.Files.PathOf("context")],
        new ToolOptions
        {
            Timeout = TimeSpan.FromMinutes(1),
            Started = process => _ = Task.Run(async () =>
            {
                for (var i = 0; i < 300 && !ready(); i++)
                {
                    await Task.Delay(100);
                }

                then(process);
            }),
        });

    private static bool StepIsRunning() => ProcessesOf("sleep\0" + "1001").Any();

    private static async Task AssertStepIsGoneAsync()
    {
        for (var i = 0; i < 50 && ProcessesOf("sleep\0" + "100").Any(); i++)
        {
            await Task.Delay(100);
        }

        Assert.Empty(ProcessesOf("sleep\0" + "100"));
    }

    private static IEnumerable<string> ProcessesOf(string commandLine) =>
        Directory.EnumerateDirectories("/proc").Where(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith(commandLine, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });

    /// <summary>Builder itself: below <c>runuser</c>, where a test of root's plays an ordinary user.</summary>
    private static int Innermost(int process)
    {
        var children = Path.Combine("/proc", process.ToString(), "task", process.ToString(), "children");
        var comm = File.ReadAllText($"/proc/{process}/comm").Trim();
        return comm == "runuser" && int.TryParse(File.ReadAllText(children).Split(' ')[0], out var child) ? child : process;
    }

    private static void Send(string signal, int process)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", process.ToString()]);
        kill.WaitForExit();
    }
}
