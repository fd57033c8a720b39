using Builder.Containers.Launch;
using Builder.Containers.Runtimes;
using Builder.Linux.ControlGroups;
using Builder.Linux.Isolation;
using Builder.Linux.Processes;
using Builder.Linux.Script;

namespace Builder.Containers.Checkpoints;

/// <summary>
/// A container whose processes criu makes of a checkpoint, in a mount namespace in which its root and what comes from outside are in
/// place. The first of them becomes this process's own child, as that of any container.
/// </summary>
internal sealed class RestoreScript : ILaunchScript
{
    private const int NetworkDescriptor = 3;

    private readonly SyscallScript script = new();
    private readonly FailureExplanations explanations = new();
    private readonly List<IDisposable> membership = [];
    private readonly RuntimeBundle bundle;

    private RestoreScript(RuntimeBundle bundle) => this.bundle = bundle;

    public static RestoreScript For(ContainerSpec spec, string checkpoint, HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        var made = new RestoreScript(new RuntimeBundle(spec.BundleFolder ?? throw new ArgumentException("a restored container needs a folder for its mounts", nameof(spec))));
        try
        {
            made.Compose(spec, checkpoint, host, pipes, group);
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
        var (criu, failure) = ScriptRunner.Launch(script, Namespaces.Mount, null, cancellationToken);
        using (criu ?? throw explanations.Explain(failure!))
        {
            return criu.Wait() is { Code: not 0 and var code }
                ? throw CriuProgram.Failed("restored", bundle.Folder, "restore.log", code)
                : ChildProcess.Adopt(int.Parse(File.ReadAllText(bundle.ProcessIdFile), System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    public void Dispose()
    {
        script.Dispose();
        membership.ForEach(file => file.Dispose());
    }

    private void Compose(ContainerSpec spec, string checkpoint, HostFeatures host, ContainerPipes pipes, ControlGroup? group)
    {
        var program = CriuProgram.Require();
        bundle.Prepare();
        script.ResetSignals();
        script.Close(script.Descriptor(pipes.ParentAlive.Writer));
        script.DieWithParent(script.Descriptor(pipes.ParentAlive.Reader));
        script.NewSession();
        script.MakeMountsSlave();
        var binds = new MountPlan(script, explanations).AttachForRuntime(spec, host, bundle);
        RootMount.Make(script, spec, host);
        StandardStreams.Connect(script, spec, pipes, insideContainer: false);
        foreach (var file in group?.OpenMembership() ?? [])
        {
            membership.Add(file);
            script.JoinControlGroups([file]);
        }

        if (spec.NetworkNamespace is { } network)
        {
            script.Duplicate(script.Descriptor(network), NetworkDescriptor);
        }

        script.CloseFrom(spec.NetworkNamespace is null ? NetworkDescriptor : NetworkDescriptor + 1);
        var outside = CheckpointPlan.Read(checkpoint).RestoreArguments(target => SourceOf(target, binds), NetworkDescriptor);
        string[] arguments = [program, .. CriuProgram.RestoreArguments(checkpoint, RootMount.PlaceOf(spec.Root), bundle.Folder, bundle.ProcessIdFile, outside)];
        script.Execute([program], arguments, RuntimeScript.Variables);
    }

    /// <summary>Mounts that were asked for are attached here; the rest are devices of this machine, and /dev/null over what is masked.</summary>
    internal static string SourceOf(string target, IReadOnlyList<BundleBind> binds) =>
        binds.FirstOrDefault(bind => bind.Target == target)?.Source
        ?? (target.StartsWith("/dev/", StringComparison.Ordinal) ? target : "/dev/null");
}
