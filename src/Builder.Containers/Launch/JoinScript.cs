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
    /// <summary>
    /// Not the time namespace: the kernel lets only a process join that that shares its memory with nobody. A container's clocks run
    /// as the host's anyway.
    /// </summary>
    private static readonly (Namespaces Kind, string Name)[] Kinds =
    [
        (Namespaces.User, "user"), (Namespaces.Mount, "mnt"), (Namespaces.Pid, "pid"), (Namespaces.Uts, "uts"),
        (Namespaces.Ipc, "ipc"), (Namespaces.Network, "net"), (Namespaces.Cgroup, "cgroup"),
    ];

    private readonly SyscallScript script = new(forks: true);
    private readonly List<IDisposable> membership = [];
    private readonly LabelScript labels;
    private readonly FailureExplanations explanations = new();
    private readonly ContainerSpec spec;
    private readonly ProgramSearch search;
    private IReadOnlyList<ScriptOperation> attempts = [];
    private ScriptVariable? forked;
    private TerminalHandover? terminal;

    private JoinScript(ContainerSpec spec) => (this.spec, search, labels) = (spec, ProgramSearch.For(spec), new LabelScript(spec.Labels));

    public static JoinScript For(ContainerSpec spec, RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        ProcessTexts.Check(spec);
        var script = new JoinScript(spec);
        try
        {
            script.Compose(container, host, pipes);
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

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
    }

    private void Compose(RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        script.ResetSignals();
        script.HideFromOthers();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.NewKeyring();
        labels.Open(script);
        if (container.Group is { } group)
        {
            var files = group.OpenMembership();
            membership.AddRange(files);
            script.JoinControlGroups(files);
        }

        var join = script.JoinNamespaces(script.Descriptor(container.First.Handle), KindsOf(container.First));
        explanations.Add(join, errno => errno == Errno.ESRCH
            ? new BuilderException(ContainersErrors.NotRunning, "the container has ended")
            : new BuilderException(ContainersErrors.Namespaces, $"the namespaces of the container cannot be joined: {errno.Describe()}"));

        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes);
        WorkingDirectory.Enter(script, spec, explanations);
        script.SetFileModeMask(0x12);
        LimitsScript.Set(script, spec);
        labels.Write(script);
        IdentityScript.Assume(script, spec, host, parentAlive: null, explanations);
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
