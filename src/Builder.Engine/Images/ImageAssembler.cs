using Builder.Graph.Compilation;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Images;

/// <summary>
/// Makes an image of a blueprint and the snapshots that were built: names each new layer by its diff ID, writes config and
/// manifest. No layer's bytes are written, and everything in the documents comes from the request or from when the steps
/// were first run, so building the same again gives the same image.
/// </summary>
internal sealed class ImageAssembler(BuilderStore store, BaseImages bases)
{
    public BuiltImage Assemble(ImageBlueprint blueprint, StepResult? root, CancellationToken cancellationToken)
    {
        var parent = blueprint.Base is { } resolved ? bases.Get(resolved.ManifestDigest) : null;
        var layers = parent?.Manifest.Layers.Select(ToOci).ToList() ?? [];
        var diffIds = parent?.Config.RootFs.DiffIds.ToList() ?? [];
        var history = parent is null ? [] : HistoryOf(parent.Config);

        var snapshots = NewSnapshots(blueprint, root?.Snapshot);
        var created = TimeOf(blueprint, snapshots.FirstOrDefault()) ?? parent?.Config.Created;
        var options = new LayerOptions { SourceDateEpoch = blueprint.SourceDateEpoch?.ToUnixTimeSeconds() };
        foreach (var step in blueprint.Steps)
        {
            LayerInfo? layer = null;
            Snapshot? snapshot = null;
            if (step.Layer is not null)
            {
                snapshot = snapshots.Dequeue();
                created = TimeOf(blueprint, snapshot) ?? created;
                layer = store.Layers.Describe(snapshot, options, cancellationToken);
            }

            var isEmpty = layer is null || layer.IsEmpty;
            if (!isEmpty)
            {
                layers.Add(layer!.Descriptor());
                diffIds.Add(layer.DiffId);
            }

            // A clamped layer has other times than the files it was made of; then only unpacking tells what it comes to.
            if (snapshot is not null && options.SourceDateEpoch is null && diffIds.Count > 0)
            {
                store.Snapshots.Adopt(ChainId.Stack(diffIds)[^1], snapshot);
            }

            history.Add(new HistoryEntry { Created = created, CreatedBy = step.CreatedBy, Comment = step.Comment, EmptyLayer = isEmpty });
        }

        var platform = blueprint.Platform;
        var config = (parent?.Config ?? new ImageConfig { Architecture = "", Os = "", RootFs = new RootFs() }) with
        {
            Created = created,
            Author = blueprint.Author,
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            Execution = blueprint.Config,
            RootFs = new RootFs { DiffIds = diffIds },
            History = history,
        };
        var configDescriptor = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig);
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = configDescriptor, Layers = layers };
        ImageLaws.Require(manifest, config);
        var manifestDescriptor = store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest);
        return new BuiltImage(manifestDescriptor with { Platform = platform }, configDescriptor.Digest, platform, parent, root?.Snapshot);
    }

    /// <summary>Entries without a layer have the time of the step before them, the first ones that of the step after them.</summary>
    private static DateTimeOffset? TimeOf(ImageBlueprint blueprint, Snapshot? snapshot) => blueprint.SourceDateEpoch ?? snapshot?.Created;

    /// <summary>The snapshots of the steps that have a layer, in their order: the topmost of the finished stack.</summary>
    private Queue<Snapshot> NewSnapshots(ImageBlueprint blueprint, Snapshot? top)
    {
        var stack = new Stack<Snapshot>();
        for (var missing = blueprint.Steps.Count(step => step.Layer is not null); missing > 0; missing--)
        {
            stack.Push(top ?? throw new InvalidOperationException("there are more steps than snapshots"));
            top = store.Snapshots.ParentOf(top);
        }

        return new Queue<Snapshot>(stack);
    }

    /// <summary>A base whose history does not account for its layers gets one that does, or no reader could pair them.</summary>
    private static List<HistoryEntry> HistoryOf(ImageConfig config) =>
        config.History is { Count: > 0 } history
            ? [.. history]
            : [.. config.RootFs.DiffIds.Select(_ => new HistoryEntry { Created = config.Created, Comment = "layer of the base image" })];

    /// <summary>Docker's names for layers are valid in Docker's manifests only; ours is OCI's.</summary>
    private static Descriptor ToOci(Descriptor layer) => layer.MediaType switch
    {
        MediaTypes.DockerLayer => layer with { MediaType = MediaTypes.OciLayer },
        MediaTypes.DockerLayerGzip => layer with { MediaType = MediaTypes.OciLayerGzip },
        MediaTypes.DockerLayerZstd => layer with { MediaType = MediaTypes.OciLayerZstd },
        _ => layer,
    };
}
