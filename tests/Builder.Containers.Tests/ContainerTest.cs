namespace Builder.Containers.Tests;

/// <summary>A test that starts containers on a fresh root file system, as root; others are skipped.</summary>
public abstract class ContainerTest : IDisposable
{
    private readonly BusyboxRoot? root;

    protected ContainerTest()
    {
        BusyboxRoot.SkipUnlessPossible();
        root = new BusyboxRoot();
    }

    internal BusyboxRoot Root => root!;

    public void Dispose() => root?.Dispose();

    internal async Task<string> OutputOfAsync(string command, Func<ContainerSpec, ContainerSpec>? change = null)
    {
        var outcome = await Outcome.OfAsync((change ?? (spec => spec))(Root.Shell(command)));
        Assert.True(outcome.Exit.Succeeded, $"exit {outcome.Exit.ExitCode}: {outcome.Stderr}{outcome.Stdout}");
        return outcome.Stdout;
    }
}
