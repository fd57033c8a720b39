using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers;
using Builder.Engine.Copying;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Linux.Files;
using Builder.Storage;
using Builder.Storage.Snapshots;
using RunNetwork = Builder.Dockerfile.Syntax.RunNetwork;
using RunSecurity = Builder.Dockerfile.Syntax.RunSecurity;

namespace Builder.Engine.Runners;

/// <summary>RUN: a container over an overlay of the step's root; what it leaves in the upper folder is the result.</summary>
internal sealed class RunRunner(BuilderStore store, IBuildEvents events, TimeProvider time, UserNamespaceMode userNamespace)
{
    public async Task<StepResult> RunAsync(Vertex vertex, RunOperation operation, StepResult root, CancellationToken cancellationToken)
    {
        RefuseUnsupported(operation);
        await using var draft = store.Snapshots.Begin(root.Snapshot);
        using var files = new StepFiles(store.NewTemporaryPath());
        var spec = Describe(operation, draft, files);
        var tail = new OutputTail();
        var exit = await ContainerProcess.RunAsync(
            files.WithStubs(spec),
            (stream, bytes) =>
            {
                tail.Add(bytes.Span);
                events.Publish(new VertexLog(vertex, time.GetUtcNow(), stream == OutputStream.Stdout ? 1 : 2, bytes.ToArray()));
            },
            cancellationToken);

        files.RemoveStubs();
        return exit.Succeeded
            ? new StepResult(draft.Commit(time.GetUtcNow()))
            : throw new StepFailedException(string.Join(' ', operation.Arguments), exit.ExitCode, exit.Signal, tail.Lines);
    }

    private ContainerSpec Describe(RunOperation operation, SnapshotDraft draft, StepFiles files)
    {
        ResolvedUser user;
        using (var view = OverlayMount.OpenView(draft.LowerDirs, store.Snapshots.UserXattrs))
        {
            user = UserLookup.Resolve(operation.User, AccountFiles.Reader(view));
        }

        var network = operation.Network == RunNetwork.None ? NetworkMode.None : NetworkMode.Host;
        return new ContainerSpec
        {
            Argv = operation.Arguments,
            Env = StepEnvironment.Complete(StepEnvironment.Replace(operation.Environment, operation.ProxyEnvironment), user),
            WorkingDirectory = operation.WorkingDirectory,
            User = user,
            Hostname = operation.Hostname,
            Network = network,
            UserNamespace = userNamespace,
            Root = StepFiles.RootOf(draft),
            Mounts =
            [
                .. files.NetworkFiles(operation.Hostname, operation.ExtraHosts.Select(host => (host.Name, host.Address)), network),
                .. ScriptMounts(operation, files),
                .. operation.Mounts.OfType<StepTmpfsMount>().Select(mount => new TmpfsMount(mount.Target, mount.Size)),
            ],
        };
    }

    private static IEnumerable<ContainerMount> ScriptMounts(RunOperation operation, StepFiles files)
    {
        if (operation.Scripts.Count == 0)
        {
            return [];
        }

        var folder = files.MakeFolder("scripts");
        foreach (var script in operation.Scripts)
        {
            files.Write(Path.Combine("scripts", script.Name), script.Content, executable: true);
        }

        return [new BindMount(folder, RunOperation.ScriptDirectory, ReadOnly: true)];
    }

    private static void RefuseUnsupported(RunOperation operation)
    {
        var what =
            operation.Security != RunSecurity.Sandbox ? "RUN --security=insecure"
            : operation.Devices.Count > 0 ? "RUN --device"
            : operation.Mounts.FirstOrDefault(mount => mount is not StepTmpfsMount) is { } mount ? $"RUN --mount=type={mount.Kind}"
            : null;
        if (what is not null)
        {
            throw new BuilderException(EngineErrors.NotSupported, $"{what} is not supported yet");
        }
    }
}
