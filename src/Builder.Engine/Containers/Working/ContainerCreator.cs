using System.Text.RegularExpressions;
using Builder.Diagnostics;
using Builder.Engine.Images;
using Builder.Linux.Processes;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>Makes a container of an image: the image's parameters, with what the user puts in their place.</summary>
public sealed partial class ContainerCreator(BuilderStore store, TimeProvider time)
{
    /// <exception cref="BuilderException">No such image, a name that is taken or is none, nothing to run, an option that cannot be.</exception>
    public async Task<StoredContainer> CreateAsync(ContainerRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var image = new ImageCatalog(store).Get(request.Image);
        var execution = Merge(image.Config.Execution ?? new ExecutionConfig(), request);
        if ((execution.Entrypoint ?? []).Count + (execution.Cmd ?? []).Count == 0)
        {
            throw new BuilderException(EngineErrors.NoCommand, "the image has neither ENTRYPOINT nor CMD", "say what to run after the image's name");
        }

        var name = request.Name is { } given ? CheckName(given) : RandomNames.Next(candidate => store.Containers.Find(candidate) is not null);
        var settings = request.PublishesExposed ? request.Settings with { Publish = [.. request.Settings.Publish, .. execution.ExposedPorts?.Keys ?? []] } : request.Settings;
        ContainerMounts.Check(settings);
        var tree = await StoredImageTree.UnpackAsync(store, image, cancellationToken);
        return await store.Containers.CreateAsync(
            new ContainerRecord
            {
                Id = ContainerStore.NewId(),
                Name = name,
                Created = time.GetUtcNow(),
                ImageName = request.Image,
                Image = image.Target,
                Manifest = image.ManifestDescriptor,
                ImageId = image.Id,
                Execution = execution,
                Settings = settings,
            },
            tree);
    }

    /// <summary>The name itself, if containers can have it.</summary>
    /// <exception cref="BuilderException"><see cref="EngineErrors.InvalidContainerName"/>.</exception>
    public static string CheckName(string name) => ValidName().IsMatch(name)
        ? name
        : throw new BuilderException(EngineErrors.InvalidContainerName, $"'{name}' is no name for a container", "letters, digits, '_', '.' and '-', of which the first is a letter or a digit, and at least two of them");

    private static ExecutionConfig Merge(ExecutionConfig image, ContainerRequest request)
    {
        var entrypoint = request.Entrypoint is { } given ? (given.Length == 0 ? null : (IReadOnlyList<string>)[given]) : image.Entrypoint;
        var cmd = request.Command.Count > 0 ? request.Command : request.Entrypoint is null ? image.Cmd : null;
        if (request.StopSignal is { } signal && Signals.Parse(signal) is null)
        {
            throw new BuilderException(EngineErrors.InvalidContainerOption, $"'{signal}' is no signal", "write it as SIGTERM, TERM or 15");
        }

        return image with
        {
            Entrypoint = entrypoint,
            Cmd = cmd,
            Env = [.. StepEnvironment.Replace(image.Env ?? [], request.Env)],
            User = request.User ?? image.User,
            WorkingDir = request.WorkingDirectory ?? image.WorkingDir,
            StopSignal = request.StopSignal ?? image.StopSignal,
            Labels = request.Labels.Count == 0 ? image.Labels : With(image.Labels, request.Labels),
        };
    }

    private static SortedDictionary<string, string> With(IReadOnlyDictionary<string, string>? labels, IReadOnlyDictionary<string, string> more)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in (labels ?? new Dictionary<string, string>()).Concat(more))
        {
            all[key] = value;
        }

        return all;
    }

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
    private static partial Regex ValidName();
}
