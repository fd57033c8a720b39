using Builder.Containers.Launch;
using Builder.Diagnostics;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Runtimes;

/// <summary>
/// A container that an OCI runtime makes. The runtime is process 1 of a pid namespace, and in a mount namespace in which its bundle's
/// root and mounts are: the machine sees none of them, and its end, however it comes, is that of everything it has started. It joins
/// Builder's control group before it starts, so limits, freezing and accounts are the same as without it.
/// </summary>
internal sealed class RuntimeScript : ILaunchScript
{
    private const string ControlGroups = "/sys/fs/cgroup";

    private readonly SyscallScript script = new();
    private readonly FailureExplanations explanations = new();
    private readonly List<IDisposable> membership = [];
    private readonly Namespaces kinds;
    private TerminalHandover? terminal;

    private RuntimeScript(ContainerSpec spec) =>
        kinds = Namespaces.Mount | Namespaces.Pid | (spec.Network == NetworkMode.None ? Namespaces.Network : Namespaces.None);

    /// <exception cref="BuilderException"><see cref="ContainersErrors.NotWithRuntime"/>, <see cref="ContainersErrors.NoRuntime"/>.</exception>
    public static RuntimeScript For(ContainerSpec spec, RuntimeBundle bundle, HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        ProcessTexts.Check(spec);
        Check(spec);
        var made = new RuntimeScript(spec);
        try
        {
            made.Compose(spec, bundle, host, pipes, group);
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
        var (child, failure) = ScriptRunner.Launch(script, kinds, terminal is null ? null : terminal.Take, cancellationToken);
        return child ?? throw explanations.Explain(failure!);
    }

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
    }

    private static void Check(ContainerSpec spec)
    {
        var what =
            spec.UserNamespace == UserNamespaceMode.Private ? "--userns=private"
            : !spec.Namespaces.HasFlag(Namespaces.Pid) ? "--pid=host"
            : spec.HasInit ? "--init"
            : null;
        if (what is not null)
        {
            throw new BuilderException(ContainersErrors.NotWithRuntime, $"{what} does not go together with --runtime {spec.Runtime!.Name}", $"leave one of the two away, or say --runtime {OciRuntime.Own}");
        }
    }

    private void Compose(ContainerSpec spec, RuntimeBundle bundle, HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        var program = spec.Runtime!.Require();
        IdentityScript.CheckMapped(spec.User, host);
        bundle.Prepare();
        script.ResetSignals();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
        script.NewSession();
        script.NewKeyring();
        if (spec.NetworkNamespace is { } network)
        {
            script.EnterNamespace(network, Namespaces.Network, "entering the private network");
        }

        if (spec.Network == NetworkMode.None)
        {
            script.EnableLoopback();
        }

        script.MakeMountsSlave();
        var binds = new MountPlan(script, explanations).AttachForRuntime(spec, host, bundle);
        RootMount.Make(script, spec, host);
        var proc = script.NewFileSystem("proc", MountAttributes.NoSetUid | MountAttributes.NoDevices | MountAttributes.NoExecution);
        script.AttachMountAt(proc, SyscallScript.CurrentDirectory, "/proc", "/proc");
        HideControlGroups();
        bundle.WriteConfig(OciConfig.Bundle(spec, host, binds));

        terminal = pipes.Terminal;
        StandardStreams.Connect(script, spec, pipes, insideContainer: false);
        if (spec.HasTerminal)
        {
            script.ControlTerminal(0);
        }

        foreach (var file in group?.OpenMembership() ?? [])
        {
            membership.Add(file);
            script.JoinControlGroups([file]);
        }

        script.ChangeDirectory(bundle.Folder);
        script.CloseAll();
        string[] argv =
        [
            .. spec.Runtime.GlobalOptions(program, bundle.State, bundle.Log, spec.Network),
            "run", "--pid-file", bundle.ProcessIdFile, "--bundle", bundle.Folder, bundle.Id,
        ];
        script.Execute([program], argv, Variables);
    }

    /// <summary>For runtimes that look for programs of their own.</summary>
    internal static IReadOnlyCollection<string> Variables { get; } = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/"];

    /// <summary>
    /// Read-only, so that no runtime makes groups that nobody would remove after a crash. Where there are both versions only the new one's
    /// tree is shown: some runtimes start with either, and not with both.
    /// </summary>
    private void HideControlGroups()
    {
        if (!Directory.Exists(ControlGroups))
        {
            return;
        }

        var tree = ControlGroupTree.OfThisMachine;
        script.CopyMount(tree is { Mode: ControlGroupMode.Hybrid, UnifiedMount: { } unified } ? unified : ControlGroups, recursive: true, out var copy);
        script.RestrictMount(copy, MountAttributes.ReadOnly, recursive: true, "making control groups read-only");
        script.AttachMountAt(copy, SyscallScript.CurrentDirectory, ControlGroups, ControlGroups);
    }
}
