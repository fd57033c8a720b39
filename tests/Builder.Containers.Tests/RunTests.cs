namespace Builder.Containers.Tests;

public sealed class RunTests : IDisposable
{
    private readonly BusyboxRoot root;

    public RunTests()
    {
        BusyboxRoot.SkipUnlessPossible();
        root = new BusyboxRoot();
    }

    public void Dispose() => root?.Dispose();

    [Fact]
    public async Task A_program_runs_and_its_output_and_exit_code_come_back()
    {
        var outcome = await Outcome.OfAsync(root.Shell("echo out; echo err >&2; exit 7"));

        Assert.Equal(new Outcome(new ContainerExit(7, null), "out\n", "err\n"), outcome);
    }

    [Fact]
    public async Task The_status_of_the_process_is_that_of_a_docker_build_step()
    {
        var outcome = await Outcome.OfAsync(root.Shell("cat /proc/self/status; umask; id; readlink /proc/self/ns/pid; ls -l /proc/self/fd; ls -l /dev; mount; hostname; cat /proc/self/limits; ip link"));
        TestContext.Current.SendDiagnosticMessage(outcome.Stdout + outcome.Stderr);
        Console.WriteLine(outcome.Stdout + outcome.Stderr);
        Assert.Equal(0, outcome.Exit.ExitCode);
    }
}
