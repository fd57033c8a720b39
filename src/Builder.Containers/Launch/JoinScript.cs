using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// One more process in a container that runs. A messenger enters the container's namespaces and gives up its powers; being in
/// the pid namespace of the host still, nothing in the container can see it. Only then it makes the process, which has a copy
/// of this program's memory, not the memory itself, until it executes its program, and cannot be looked into until then
/// (CVE-2016-9962, CVE-2019-5736).
/// </summary>
internal sealed class JoinScript : ILaunchScript
{
    private static readonly (Namespaces Kind, string Name)[] Kinds =
    [
        (Namespaces.User, "user"), (Namespaces.Mount, "mnt"), (Namespaces.Pid, "pid"), (Namespaces.Uts, "uts"),
        (Namespaces.Ipc, "ipc"), (Namespaces.Network, "net"), (Namespaces.Cgroup, "cgroup"),
    ];

    private readonly SyscallScript script = new(forks: true);
    private readonly FailureExplanations explanations = new();
    private readonly ContainerSpec spec;
    private readonly ProgramSearch search;
    private IReadOnlyList<ScriptOperation> attempts = [];
    private ScriptVariable? forked;
    private TerminalHandover? terminal;

    private JoinScript(ContainerSpec spec) => (this.spec, search) = (spec, ProgramSearch.For(spec));

    public static JoinScript For(ContainerSpec spec, ProcessHandle first, HostFeatures host, ContainerPipes pipes)
    {
        ProcessTexts.Check(spec);
        var script = new JoinScript(spec);
        try
        {
            script.Compose(first, host, pipes);
            return script;
        }
        catch
        {
            script.Dispose();
            throw;
        }
    }

    public ChildProcess Launch(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (child, failure) = ScriptRunner.LaunchForked(script, forked!, terminal is null ? null : terminal.Take);
        return child ?? throw (attempts.Any(attempt => attempt.Error is not null) ? search.Explain(attempts) : explanations.Explain(failure!));
    }

    public void Dispose() => script.Dispose();

    private void Compose(ProcessHandle first, HostFeatures host, ContainerPipes pipes)
    {
        script.ResetSignals();
        script.HideFromOthers();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.NewKeyring();
        var join = script.JoinNamespaces(script.Descriptor(first.Handle), KindsOf(first));
        explanations.Add(join, errno => errno == Errno.ESRCH
            ? new BuilderException(ContainersErrors.NotRunning, "the container has ended")
            : new BuilderException(ContainersErrors.Namespaces, $"the namespaces of the container cannot be joined: {errno.Describe()}"));

        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes);
        WorkingDirectory.Enter(script, spec, explanations);
        script.SetFileModeMask(0x12);
        LimitsScript.Set(script, spec);
        IdentityScript.Assume(script, spec, host, parentAlive: null);
        forked = script.Fork(() =>
        {
            script.NewSession();
            if (spec.HasTerminal)
            {
                script.ControlTerminal(0);
            }

            script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
            script.CloseAll();
            attempts = script.Execute(search.Candidates, spec.Argv, ProcessTexts.Environment(spec));
        });
    }

    /// <summary>Those that this process is not in itself: one may not be allowed to join even one's own again.</summary>
    private static Namespaces KindsOf(ProcessHandle first) =>
        Kinds.Where(kind => LinkOf(first.Id.ToString(), kind.Name) != LinkOf("self", kind.Name)).Aggregate(Namespaces.None, (all, kind) => all | kind.Kind);

    private static string? LinkOf(string process, string name) => new FileInfo($"/proc/{process}/ns/{name}").LinkTarget;
}
