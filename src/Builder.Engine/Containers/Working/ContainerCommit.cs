using Builder.Engine.Images;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Containers;

namespace Builder.Engine.Containers.Working;

/// <summary>What <c>commit</c> asks for.</summary>
public sealed record CommitRequest
{
    public string? Author { get; init; }

    public string? Message { get; init; }

    /// <summary>Instructions that only say something about the image.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>The container stands still meanwhile, where it can be made to.</summary>
    public bool Pause { get; init; } = true;
}

/// <summary>Makes an image of what a container has become: its image, and one layer with its changes.</summary>
public sealed class ContainerCommit(BuilderStore store, TimeProvider time)
{
    /// <returns>The image's manifest, which has no name yet, and its id.</returns>
    public async Task<(Descriptor Manifest, Digest Id)> CommitAsync(StoredContainer container, CommitRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(request);
        var baseManifest = OciJson.ReadManifest(store.Content.ReadDocument(container.Record.Manifest));
        var baseConfig = OciJson.ReadConfig(store.Content.ReadDocument(baseManifest.Config));
        var execution = await ConfigChanges.ApplyAsync(container.Record.Execution, request.Changes, baseConfig.Platform, cancellationToken);
        var layer = WriteLayer(container, request.Pause, cancellationToken);
        var created = time.GetUtcNow();
        var entry = new HistoryEntry
        {
            Created = created,
            CreatedBy = string.Join(' ', [.. container.Record.Execution.Entrypoint ?? [], .. container.Record.Execution.Cmd ?? []]),
            Author = request.Author,
            Comment = request.Message,
            EmptyLayer = layer is null,
        };
        var config = baseConfig with
        {
            Created = created,
            Author = request.Author ?? baseConfig.Author,
            Execution = execution,
            RootFs = baseConfig.RootFs with { DiffIds = [.. baseConfig.RootFs.DiffIds, .. layer is null ? [] : new[] { new DiffId(layer.Digest) }] },
            History = [.. baseConfig.History ?? [], entry],
        };
        var manifest = baseManifest with
        {
            MediaType = MediaTypes.OciManifest,
            Config = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig),
            Layers = [.. baseManifest.Layers.Select(MediaTypeFamilies.ToOci), .. layer is null ? [] : new[] { layer }],
        };
        ImageLaws.Require(manifest, config);
        return (store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest) with { Platform = config.Platform }, manifest.Config.Digest);
    }

    /// <summary>Null when nothing has changed.</summary>
    private Descriptor? WriteLayer(StoredContainer container, bool pause, CancellationToken cancellationToken)
    {
        using var standstill = pause ? ContainerControl.Standstill(store, container) : null;
        using var blob = store.Content.CreateWriter();
        var entries = store.Layers.WriteChanges(container, store.Containers.TreeOf(container), blob, cancellationToken);
        if (entries == 0)
        {
            return null;
        }

        var (digest, size) = blob.Commit();
        return new Descriptor(MediaTypes.OciLayer, digest, size);
    }
}
