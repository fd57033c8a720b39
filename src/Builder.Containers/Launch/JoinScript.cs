using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// One more process in a container that runs. A messenger makes a helper, which has a copy of this program's memory and not the memory
/// itself (the kernel lets nobody else join a time namespace). The helper enters the container's namespaces and gives up its powers;
/// being in the pid namespace of the host still, nothing in the container can see it. Only then it makes the process, which cannot be
/// looked into until it executes its program (CVE-2016-9962, CVE-2019-5736).
/// </summary>
internal sealed class JoinScript : ILaunchScript
{
    private static readonly (Namespaces Kind, string Name)[] Kinds =
    [
        (Namespaces.User, "user"), (Namespaces.Mount, "mnt"), (Namespaces.Pid, "pid"), (Namespaces.Uts, "uts"),
        (Namespaces.Ipc, "ipc"), (Namespaces.Network, "net"), (Namespaces.Cgroup, "cgroup"), (Namespaces.Time, "time"),
    ];

    private readonly SyscallScript script = new(forks: true);
    private readonly List<IDisposable> membership = [];
    private readonly LabelScript labels;
    private readonly FailureExplanations explanations = new();
    private readonly ContainerSpec spec;
    private readonly ProgramStart start;
    private ScriptVariable? helper;
    private ScriptVariable? forked;
    private TerminalHandover? terminal;

    private JoinScript(ContainerSpec spec, HostFeatures host) => (this.spec, start, labels) = (spec, new ProgramStart(spec, host), new LabelScript(spec.Labels));

    public static JoinScript For(ContainerSpec spec, RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        ProcessTexts.Check(spec);
        var script = new JoinScript(spec, host);
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
        var (child, failure) = ScriptRunner.LaunchForked(script, forked!, helper, terminal is null ? null : terminal.Take);
        return start.Await(child ?? throw (start.Explain(failure!) ?? explanations.Explain(failure!)));
    }

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
        start.Dispose();
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

        helper = script.Fork(() => Join(container, host, pipes));
    }

    private void Join(RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        explanations.Add(script.JoinNamespaces(script.Descriptor(container.First.Handle), KindsOf(container.First)), Explain);

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
            start.Append(script);
        });
    }

    internal static BuilderException Explain(Errno errno) => errno == Errno.ESRCH
        ? new BuilderException(ContainersErrors.NotRunning, "the container has ended")
        : new BuilderException(ContainersErrors.Namespaces, $"the namespaces of the container cannot be joined: {errno.Describe()}");

    /// <summary>Those that this process is not in itself: one may not be allowed to join even one's own again.</summary>
    internal static Namespaces KindsOf(ProcessHandle first) =>
        Kinds.Where(kind => LinkOf(first.Id.ToString(), kind.Name) != LinkOf("self", kind.Name)).Aggregate(Namespaces.None, (all, kind) => all | kind.Kind);

    private static string? LinkOf(string process, string name) => new FileInfo($"/proc/{process}/ns/{name}").LinkTarget;
}
