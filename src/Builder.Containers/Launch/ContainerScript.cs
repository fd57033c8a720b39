using Builder.Diagnostics;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Launch;

/// <summary>
/// The life of a container's first process from its birth to its program, as a script. The whole of the set-up is
/// here, in its order: host's tree in sight, root changed, inside the root, giving up power, program.
/// </summary>
internal sealed class ContainerScript : ILaunchScript
{
    private readonly SyscallScript script = new();
    private readonly FailureExplanations explanations = new();
    private readonly ContainerSpec spec;
    private readonly ProgramSearch search;
    private IReadOnlyList<ScriptOperation> attempts = [];
    private LateIdMaps? maps;
    private TerminalHandover? terminal;

    private ContainerScript(ContainerSpec spec) => (this.spec, search) = (spec, ProgramSearch.For(spec));

    public static ContainerScript For(ContainerSpec spec, HostFeatures host, ContainerPipes pipes)
    {
        ProcessTexts.Check(spec);
        var script = new ContainerScript(spec);
        try
        {
            script.Compose(host, pipes);
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
            return child ?? throw (attempts.Contains(failure!.Operation) ? search.Explain(attempts) : explanations.Explain(failure));
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
        maps?.Dispose();
    }

    private void Compose(HostFeatures host, ContainerPipes pipes)
    {
        script.ResetSignals();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
        script.NewSession();
        script.NewKeyring();
        script.SetFileModeMask(0);

        script.MakeMountsSlave();
        var mounts = new MountPlan(script, explanations);
        mounts.Make(spec, host);
        var root = RootMount.Make(script, spec, host);
        script.ChangeRoot(root);

        mounts.Attach(spec);
        script.SetHostname(spec.Hostname);
        if (spec.Network == NetworkMode.None)
        {
            script.EnableLoopback();
        }

        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes);
        if (spec.HasTerminal)
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
        if (spec.UserNamespace == UserNamespaceMode.Private)
        {
            maps = LateIdMaps.SameAs(host.UserNamespace);
            script.EnterUserNamespace(maps);
        }

        IdentityScript.Assume(script, spec, host, script.Descriptor(pipes.ParentAlive.Reader));

        script.CloseAll();
        attempts = script.Execute(search.Candidates, spec.Argv, ProcessTexts.Environment(spec));
    }

    private Namespaces Kinds =>
        Namespaces.Mount | Namespaces.Pid | Namespaces.Uts | Namespaces.Ipc | Namespaces.Cgroup
        | (spec.Network == NetworkMode.Host ? Namespaces.None : Namespaces.Network);
}
