using Builder.Containers;
using Builder.Diagnostics;
using Builder.Engine.Copying;
using Builder.Engine.Images;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>Turns the record of a container into what is launched.</summary>
internal sealed class SpecComposer(BuilderStore store, IsolationSettings isolation)
{
    private const int HostnameDigits = 12;
    private const string BundleName = "bundle";

    /// <summary>Where what an OCI runtime is told of a container lies while it runs.</summary>
    public static string BundleOf(StoredContainer container) => Path.Combine(container.RunFolder, BundleName);

    /// <summary>The container's first process, over its own files.</summary>
    /// <param name="files">For what it needs beside them while it runs.</param>
    public ContainerSpec Compose(StoredContainer container, StepFiles files, ContainerNetwork network)
    {
        var record = container.Record;
        var lowers = store.Containers.LowerDirs(container);
        var view = record.IsWhole ? RootDirectory.Open(container.UpperDir) : OverlayMount.OpenView([container.UpperDir, .. lowers], store.Snapshots.UserXattrs);
        using (view)
        {
            var spec = Process(record, isolation, [.. record.Execution.Entrypoint ?? [], .. record.Execution.Cmd ?? []], record.Execution.User, view);
            spec = network.ApplyTo(spec) with
            {
                Root = record.IsWhole ? new DirectoryRoot(container.UpperDir) : new OverlayRoot(lowers, container.UpperDir, container.WorkDir, Volatile: false),
                Mounts = [.. files.NetworkFiles(spec.Hostname, ExtraHosts(record.Settings), network.Mode, isolation.Dns), .. ContainerMounts.Of(record.Settings)],
                IsReadOnly = record.Settings.ReadOnly,
                HasInit = record.Settings.Init,
                BundleFolder = isolation.Runtime is null ? null : files.MakeFolder(BundleName),
            };
            return files.WithStubs(spec, record.IsWhole ? null : container.UpperDir);
        }
    }

    /// <summary>What is the same for each process of a container. The root is not said: the process may be in it already.</summary>
    /// <param name="root">The container's files, to look users up in.</param>
    public static ContainerSpec Process(ContainerRecord record, IsolationSettings isolation, IReadOnlyList<string> argv, string? userText, RootDirectory root)
    {
        var settings = record.Settings;
        var user = UserLookup.Resolve(userText ?? "", AccountFiles.Reader(root));
        var hostname = settings.Hostname ?? record.Id[..HostnameDigits];
        var environment = new List<string> { "HOSTNAME=" + hostname };
        if (settings.Tty)
        {
            environment.Add("TERM=xterm");
        }

        var spec = isolation.ApplyTo(new ContainerSpec
        {
            Argv = argv.Count > 0 ? argv : throw new BuilderException(EngineErrors.NoCommand, "there is nothing to run"),
            Env = StepEnvironment.Complete(StepEnvironment.Replace(environment, [.. record.Execution.Env ?? []]), user),
            WorkingDirectory = string.IsNullOrEmpty(record.Execution.WorkingDir) ? "/" : record.Execution.WorkingDir,
            User = user,
            Hostname = hostname,
            Root = new DirectoryRoot("/"),
        });
        return settings.Privileged ? spec.WithoutConfinement() : spec;
    }

    private static IEnumerable<(string Name, string Address)> ExtraHosts(ContainerSettings settings) =>
        settings.ExtraHosts.Select(text =>
        {
            var colon = text.IndexOfAny([':', '=']);
            return colon > 0
                ? (text[..colon], text[(colon + 1)..])
                : throw new BuilderException(EngineErrors.InvalidContainerOption, $"--add-host {text}: write it as NAME:ADDRESS");
        });
}
