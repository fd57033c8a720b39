using Builder.Containers.Launch;
using Builder.Linux;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Runtimes;

/// <summary>One more process in a container that an OCI runtime runs: the runtime's <c>exec</c>, in the namespaces of the one that runs it.</summary>
internal sealed class RuntimeJoinScript : ILaunchScript
{
    private readonly SyscallScript script = new(forks: true);
    private readonly List<IDisposable> membership = [];
    private readonly FailureExplanations explanations = new();
    private ScriptVariable? forked;
    private TerminalHandover? terminal;

    public static RuntimeJoinScript For(ContainerSpec spec, RuntimeBundle bundle, RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        ProcessTexts.Check(spec);
        IdentityScript.CheckMapped(spec.User, host);
        var made = new RuntimeJoinScript();
        try
        {
            made.Compose(spec, bundle, container, host, pipes);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public ChildProcess Launch(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (child, failure) = ScriptRunner.LaunchForked(script, forked!, helper: null, terminal is null ? null : terminal.Take);
        return child ?? throw explanations.Explain(failure!);
    }

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
    }

    private void Compose(ContainerSpec spec, RuntimeBundle bundle, RunningContainer container, HostFeatures host, ContainerPipes pipes)
    {
        var program = spec.Runtime!.Require();
        File.WriteAllBytes(bundle.ProcessFile, OciConfig.Process(spec, host));
        script.ResetSignals();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.NewKeyring();
        if (container.Group is { } group)
        {
            membership.AddRange(group.OpenMembership());
            script.JoinControlGroups(membership.Cast<System.Runtime.InteropServices.SafeHandle>());
        }

        var join = script.JoinNamespaces(script.Descriptor(container.First.Handle), JoinScript.KindsOf(container.First) & (Namespaces.Mount | Namespaces.Pid | Namespaces.Network));
        explanations.Add(join, JoinScript.Explain);
        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes, insideContainer: false);
        script.ChangeDirectory(bundle.Folder);
        forked = script.Fork(() =>
        {
            script.NewSession();
            if (spec.HasTerminal)
            {
                script.ControlTerminal(0);
            }

            script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
            script.CloseAll();
            string[] argv =
            [
                .. spec.Runtime.GlobalOptions(program, bundle.State, bundle.Log, spec.Network),
                "exec", "--process", bundle.ProcessFile, "--pid-file", bundle.ProcessIdFile, bundle.Id,
            ];
            script.Execute([program], argv, RuntimeScript.Variables);
        });
    }
}
