using Builder.Containers;
using Builder.Engine.Copying;
using Builder.Engine.Images;
using Builder.Linux.Files;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Containers;

/// <summary>Runs a command of an image in a container whose changes are thrown away.</summary>
public sealed class ThrowawayContainer(BuilderStore store)
{
    /// <param name="arguments">Replaces the image's CMD when there are any.</param>
    public async Task<ContainerExit> RunAsync(StoredImage image, IReadOnlyList<string> arguments, OutputReceiver output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(image);
        var snapshot = await StoredImageTree.UnpackAsync(store, image, cancellationToken);
        await using var draft = store.Snapshots.Begin(snapshot);
        using var files = new StepFiles(store.NewTemporaryPath());
        return await ContainerProcess.RunAsync(files.WithStubs(Describe(image, arguments, draft, files)), output, cancellationToken);
    }

    private ContainerSpec Describe(StoredImage image, IReadOnlyList<string> arguments, SnapshotDraft draft, StepFiles files)
    {
        var config = image.Config.Execution ?? new ExecutionConfig();
        ResolvedUser user;
        using (var view = OverlayMount.OpenView(draft.LowerDirs, store.Snapshots.UserXattrs))
        {
            user = UserLookup.Resolve(config.User ?? "", AccountFiles.Reader(view));
        }

        string[] command = [.. config.Entrypoint ?? [], .. arguments.Count > 0 ? arguments : config.Cmd ?? []];
        var hostname = image.Id.Short;
        return new ContainerSpec
        {
            Argv = command.Length > 0 ? command : throw new Diagnostics.BuilderException(EngineErrors.NoCommand, "the image has neither ENTRYPOINT nor CMD", "say what to run after the image's name"),
            Env = StepEnvironment.Complete(config.Env ?? [], user),
            WorkingDirectory = string.IsNullOrEmpty(config.WorkingDir) ? "/" : config.WorkingDir,
            User = user,
            Hostname = hostname,
            Root = StepFiles.RootOf(draft),
            Mounts = files.NetworkFiles(hostname, [], NetworkMode.Host),
        };
    }
}
