using System.Text;
using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Linux.Files;
using Builder.Storage;

namespace Builder.Engine.Runners;

/// <summary>RUN: a container over an overlay of the step's root; what it leaves in the upper folder is the result.</summary>
internal sealed class RunRunner(BuilderStore store, IBuildEvents events, TimeProvider time)
{
    public async Task<StepResult> RunAsync(Vertex vertex, RunOperation operation, StepResult root, CancellationToken cancellationToken)
    {
        RefuseUnsupported(operation);
        await using var draft = store.Snapshots.Begin(root.Snapshot);
        using var files = new StepFiles(store.NewTemporaryPath());
        var spec = Describe(operation, draft.LowerDirs, draft.UpperDir, draft.WorkDir, files);
        spec = WithStubs(spec, files);

        var tail = new OutputTail();
        var exit = await ContainerProcess.RunAsync(
            spec,
            (stream, bytes) =>
            {
                tail.Add(bytes.Span);
                events.Publish(new VertexLog(vertex, time.GetUtcNow(), stream == OutputStream.Stdout ? 1 : 2, bytes.ToArray()));
            },
            cancellationToken);

        return exit.Succeeded
            ? new StepResult(draft.Commit(), time.GetUtcNow())
            : throw new StepFailedException(string.Join(' ', operation.Arguments), exit.ExitCode, exit.Signal, tail.Lines);
    }

    /// <summary>Mount points that the root lacks go into a layer of their own that is in no image.</summary>
    private static ContainerSpec WithStubs(ContainerSpec spec, StepFiles files)
    {
        var overlay = (OverlayRoot)spec.Root;
        var init = files.MakeFolder("init");
        return InitLayer.Create(init, overlay.LowerDirs, InitLayer.StubsFor(spec))
            ? spec with { Root = overlay with { LowerDirs = [init, .. overlay.LowerDirs] } }
            : spec;
    }

    private ContainerSpec Describe(RunOperation operation, IReadOnlyList<string> lowers, string upper, string work, StepFiles files)
    {
        ResolvedUser user;
        using (var view = OverlayMount.OpenView(lowers, store.Snapshots.UserXattrs))
        {
            user = UserLookup.Resolve(operation.User, AccountFiles.Reader(view));
        }

        var network = operation.Network == RunNetwork.None ? NetworkMode.None : NetworkMode.Host;
        var hosts = HostsFile.Render(operation.Hostname, operation.ExtraHosts.Select(host => (host.Name, host.Address)));
        var resolvConf = network == NetworkMode.Host ? ResolvConf.FromHost("/etc/resolv.conf", hostNetwork: true) : "";
        return new ContainerSpec
        {
            Argv = operation.Arguments,
            Env = EnvironmentOf(operation, user),
            WorkingDirectory = operation.WorkingDirectory,
            User = user,
            Hostname = operation.Hostname,
            Network = network,
            Root = new OverlayRoot(lowers, upper, work),
            Mounts =
            [
                new BindMount(files.Write("hosts", hosts), "/etc/hosts", ReadOnly: false),
                new BindMount(files.Write("resolv.conf", resolvConf), "/etc/resolv.conf", ReadOnly: false),
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

    private static List<string> EnvironmentOf(RunOperation operation, ResolvedUser user)
    {
        var environment = operation.Environment.ToList();
        foreach (var proxy in operation.ProxyEnvironment)
        {
            var name = proxy[..(proxy.IndexOf('=', StringComparison.Ordinal) + 1)];
            environment.RemoveAll(entry => entry.StartsWith(name, StringComparison.Ordinal));
            environment.Add(proxy);
        }

        if (!environment.Exists(entry => entry.StartsWith("HOME=", StringComparison.Ordinal) && entry.Length > "HOME=".Length))
        {
            environment.RemoveAll(entry => entry == "HOME=");
            environment.Add("HOME=" + user.Home);
        }

        return environment;
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

    /// <summary>The files that one step needs beside its root; gone with it.</summary>
    private sealed class StepFiles : IDisposable
    {
        private readonly string folder;

        public StepFiles(string folder)
        {
            this.folder = folder;
            Directory.CreateDirectory(folder);
        }

        public string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

        public string Write(string name, string content, bool executable = false)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
            using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
            directory.SetMode(Encoding.UTF8.GetBytes(Path.GetFileName(path)), executable ? 0x1edu : 0x1a4u);
            return path;
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
