using System.Text;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Containers;
using Builder.Engine.Copying;
using Builder.Engine.Devices;
using Builder.Engine.Failures;
using Builder.Engine.Mounts;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Linux.Files;
using Builder.Storage;
using Builder.Storage.Snapshots;
using RunSecurity = Builder.Dockerfile.Syntax.RunSecurity;

namespace Builder.Engine.Runners;

/// <summary>RUN: a container over an overlay of the step's root; what it leaves in the upper folder is the result.</summary>
internal sealed class RunRunner(BuilderStore store, StepMounts.Maker mounting, HostDevices devices, StepNetworks networks, RunSettings settings, InputTimes times, IBuildEvents events, TimeProvider time)
{
    private const string HostGateway = "host-gateway";

    public async Task<StepResult> RunAsync(Vertex vertex, RunOperation operation, IReadOnlyList<StepResult?> inputs, CancellationToken cancellationToken)
    {
        networks.Expect(operation.Network);
        await using var draft = store.Snapshots.Begin(inputs[0]!.Snapshot);
        using var files = new StepFiles(store.NewTemporaryPath());
        await using var mounts = await mounting.MakeAsync(vertex, operation, inputs, files, cancellationToken);
        using var network = await networks.TakeAsync(operation.Network, vertex);
        var spec = network.ApplyTo(Confine(operation, Describe(operation, draft, files, mounts, network.Mode)));
        var tail = new OutputTail();
        var container = await ContainerProcess.StartAsync(
            files.WithStubs(spec),
            (stream, bytes) =>
            {
                tail.Add(bytes.Span);
                events.Publish(new VertexLog(vertex, time.GetUtcNow(), stream == OutputStream.Stdout ? 1 : 2, bytes.ToArray()));
            },
            cancellationToken);
        foreach (var note in container.ControlGroup?.Notes ?? [])
        {
            events.Publish(new VertexLog(vertex, time.GetUtcNow(), 2, Encoding.UTF8.GetBytes($"note: {note}\n")));
        }

        var exit = await container.WaitAsync(cancellationToken);
        var usage = exit.Usage;
        events.Publish(new VertexUsage(vertex, time.GetUtcNow(), usage.CpuTime, usage.PeakMemory, usage.ReadBytes, usage.WrittenBytes));
        files.RemoveStubs();
        var age = times.Of(vertex, inputs);
        if (settings.Failed is { } failed && (!exit.Succeeded || exit.TimedOut))
        {
            failed(new FailedStep(vertex, inputs, draft.Commit(age)));
        }

        return exit.Succeeded && !exit.TimedOut
            ? new StepResult(draft.Commit(age), age)
            : throw StepFailure.Of(string.Join(' ', operation.Arguments), exit, settings.Isolation.TimeLimit, tail.Lines);
    }

    /// <summary>Opens a shell where a step failed or is about to run: its files, its mounts, its environment. What it changes is thrown away.</summary>
    public async Task OpenShellAsync(FailedStep step, StepShell shell, CancellationToken cancellationToken)
    {
        var operation = step.Vertex.Operation as RunOperation ?? new RunOperation { Arguments = ["/bin/sh"], Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] };
        await using var draft = store.Snapshots.Begin(step.Root);
        using var files = new StepFiles(store.NewTemporaryPath());
        await using var mounts = await mounting.MakeAsync(step.Vertex, operation, step.Inputs, files, cancellationToken);
        using var input = shell.OpenInput();
        using var network = await networks.TakeAsync(operation.Network, step.Vertex);
        var spec = Describe(operation, draft, files, mounts, network.Mode) with { Argv = ["/bin/sh"], Stdin = input, TimeLimit = null };
        await ContainerProcess.RunAsync(files.WithStubs(network.ApplyTo(Confine(operation, spec))), shell.Output, cancellationToken);
    }

    private static ContainerSpec Confine(RunOperation operation, ContainerSpec spec) => operation.Security == RunSecurity.Insecure ? spec.WithoutConfinement() : spec;

    private ContainerSpec Describe(RunOperation operation, SnapshotDraft draft, StepFiles files, StepMounts mounts, NetworkMode network)
    {
        var user = UserLookup.Resolve(operation.User, StepAccounts.Reader(draft.LowerDirs));
        var added = devices.Resolve(operation.Devices);
        var environment = StepEnvironment.Replace(operation.Environment, operation.ProxyEnvironment);
        return settings.Isolation.ApplyTo(new ContainerSpec
        {
            Argv = operation.Arguments,
            Env = StepEnvironment.Complete(StepEnvironment.Replace(environment, [.. added.Variables, .. mounts.Variables]), user),
            WorkingDirectory = operation.WorkingDirectory,
            User = user,
            Hostname = operation.Hostname,
            Root = StepFiles.RootOf(draft),
            Devices = added.Nodes,
            BundleFolder = settings.Isolation.Runtime is null ? null : files.MakeFolder("bundle"),
            Mounts =
            [
                .. files.NetworkFiles(operation.Hostname, operation.ExtraHosts.Select(host => (host.Name, AddressOf(host, network))), network, settings.Isolation.Dns),
                .. ScriptMounts(operation, files),
                .. added.Mounts,
                .. mounts.Mounts,
            ],
        });
    }

    private static string AddressOf(HostEntry host, NetworkMode network) =>
        host.Address != HostGateway ? host.Address
        : network == NetworkMode.Host ? "127.0.0.1"
        : throw new BuilderException(ContainersErrors.PrivateNetwork, $"{host.Name}:{HostGateway}: the host cannot be reached from the network of this step", "build with --network=host");

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
}
