using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Programs;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// The life of a container's first process from its birth to its program, as a script. The whole of the set-up is
/// here, in its order: host's tree in sight, root changed, inside the root, giving up power, program.
/// </summary>
internal sealed class ContainerScript : ILaunchScript
{
    private readonly SyscallScript script;
    private readonly FailureExplanations explanations = new();
    private readonly ContainerSpec spec;
    private readonly ProgramStart start;
    private readonly List<IDisposable> membership = [];
    private readonly LabelScript labels;
    private LateIdMaps? maps;
    private TerminalHandover? terminal;

    private ContainerScript(ContainerSpec spec, HostFeatures host) =>
        (this.spec, script, start, labels) = (spec, new SyscallScript(forks: spec.HasInit), new ProgramStart(spec, host), new LabelScript(spec.Labels));

    /// <param name="group">The control group that the process joins; null for Builder's own.</param>
    public static ContainerScript For(ContainerSpec spec, HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        ProcessTexts.Check(spec);
        var script = new ContainerScript(spec, host);
        try
        {
            script.Compose(host, pipes, group);
            return script;
        }
        catch
        {
            script.Dispose();
            throw;
        }
    }

    /// <exception cref="BuilderException">What kept the program from starting.</exception>
    public ChildProcess Launch(CancellationToken cancellationToken)
    {
        try
        {
            var (child, failure) = ScriptRunner.Launch(script, Kinds, maps is null && terminal is null ? null : Assist, cancellationToken);
            return start.Await(child ?? throw (start.Explain(failure!) ?? explanations.Explain(failure!)));
        }
        catch (LinuxException refused) when (refused.Call == "clone")
        {
            throw FailureExplanations.Explain(refused);
        }
    }

    /// <summary>What only an outsider can do, in the order in which the script waits for it.</summary>
    private void Assist(int processId)
    {
        terminal?.Take(processId);
        maps?.Write(processId);
    }

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
        maps?.Dispose();
        start.Dispose();
    }

    private void Compose(HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        script.ResetSignals();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
        script.NewSession();
        script.NewKeyring();
        script.SetFileModeMask(0);

        labels.Open(script);
        if (spec.NetworkNamespace is { } network)
        {
            script.EnterNamespace(network, Namespaces.Network, "entering the private network");
        }

        script.MakeMountsSlave();
        var mounts = new MountPlan(script, explanations);
        mounts.Make(spec, host);
        var root = RootMount.Make(script, spec, host);
        script.ChangeRoot(root);

        mounts.Attach(spec);
        if (spec.Namespaces.HasFlag(Namespaces.Uts))
        {
            script.SetHostname(spec.Hostname);
        }

        if (spec.Network == NetworkMode.None)
        {
            script.EnableLoopback();
        }

        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes);
        if (spec is { HasTerminal: true, HasInit: false })
        {
            script.ControlTerminal(0);
        }

        WorkingDirectory.Enter(script, spec, explanations);
        if (spec.IsReadOnly)
        {
            script.RestrictMount(root, MountAttributes.ReadOnly, recursive: false, "making the root read-only");
        }

        script.SetFileModeMask(0x12);

        LimitsScript.Set(script, spec);
        EnterControlGroup(group, host);
        labels.Write(script);
        if (spec.UserNamespace == UserNamespaceMode.Private)
        {
            maps = LateIdMaps.SameAs(host.UserNamespace);
            script.EnterUserNamespace(maps);
        }

        IdentityScript.Assume(script, spec, host, script.Descriptor(pipes.ParentAlive.Reader), explanations);

        Execute();
    }

    /// <summary>With a process 1 of Builder's the program has the terminal, so that keys for it reach it once.</summary>
    private void Execute()
    {
        if (!spec.HasInit)
        {
            start.Append(script);
            return;
        }

        script.ForkChild(() => start.Append(script, () =>
        {
            script.NewSession();
            if (spec.HasTerminal)
            {
                script.ControlTerminal(0);
            }
        }));
        script.Execute(TinyProgram.Init, [TinyProgram.Init.Name], []);
    }

    /// <summary>Those that the process is born in; it enters the others on its way.</summary>
    private Namespaces Kinds =>
        Namespaces.Mount
        | (spec.Namespaces & (Namespaces.Pid | Namespaces.Uts | Namespaces.Ipc))
        | (spec.Network == NetworkMode.None ? Namespaces.Network : Namespaces.None);

    /// <summary>
    /// Memory that was used before does not count, so the group is joined late; its namespace comes after that, so that the group is
    /// the root of what the container sees.
    /// </summary>
    private void EnterControlGroup(ControlGroup? group, HostFeatures host)
    {
        if (group is not null)
        {
            script.JoinControlGroups(group.OpenMembership().Select(file =>
            {
                membership.Add(file);
                return file;
            }));
        }

        var kinds = spec.Namespaces & (Namespaces.Cgroup | (host.HasTimeNamespaces ? Namespaces.Time : Namespaces.None));
        if (kinds != Namespaces.None)
        {
            script.EnterNewNamespaces(kinds, $"new namespaces: {kinds}");
        }
    }
}
