using System.Text.Json;
using Builder.Engine.Caching;
using Builder.Graph;
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
/// <param name="clock">The time of day for those who want it in the image; null for how old its steps are.</param>
internal sealed class ImageAssembler(BuilderStore store, BaseImages bases, IReadOnlyDictionary<string, string>? annotations = null, DateTimeOffset? clock = null, Func<Snapshot?, CacheDocument?>? inlineCache = null)
{
    /// <param name="rewriteTimestamps">Whether files of new layers get no time after the epoch or, without one, after the time of their step.</param>
    public BuiltImage Assemble(ImageBlueprint blueprint, StepResult? root, bool rewriteTimestamps, SquashMode squash, CancellationToken cancellationToken)
    {
        var parent = blueprint.Base is { } resolved ? bases.Get(resolved.ManifestDigest) : null;
        var layers = parent?.Manifest.Layers.Select(MediaTypeFamilies.ToOci).ToList() ?? [];
        var diffIds = parent?.Config.RootFs.DiffIds.ToList() ?? [];
        var history = parent is null ? [] : HistoryOf(parent.Config);

        var snapshots = NewSnapshots(blueprint, root?.Snapshot);
        var created = TimeOf(blueprint, snapshots.FirstOrDefault()) ?? parent?.Config.Created;
        LayerOptions Options(Snapshot layer) => OptionsFor(store, blueprint, rewriteTimestamps && clock is null, layer);
        var bottom = squash == SquashMode.All ? null : snapshots.TryPeek(out var lowest) ? store.Snapshots.ParentOf(lowest) : root?.Snapshot;
        foreach (var step in blueprint.Steps)
        {
            LayerInfo? layer = null;
            Snapshot? snapshot = null;
            if (step.Layer is not null)
            {
                snapshot = snapshots.Dequeue();
                created = TimeOf(blueprint, snapshot) ?? created;
                layer = squash == SquashMode.None ? Describe(step.Layer, snapshot, Options(snapshot), cancellationToken) : null;
            }

            var isEmpty = layer is null || layer.IsEmpty;
            if (!isEmpty)
            {
                layers.Add(layer!.Descriptor());
                diffIds.Add(layer.DiffId);
                Adopt(diffIds, snapshot!, blueprint);
            }

            history.Add(new HistoryEntry { Created = created, CreatedBy = step.CreatedBy, Comment = step.Comment, EmptyLayer = isEmpty });
        }

        if (squash != SquashMode.None && root?.Snapshot is { } top && top.Id != bottom?.Id)
        {
            Squash(squash, store.Layers.DescribeSquashed(top, bottom, Options(top), cancellationToken), created, layers, diffIds, history);
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
            Other = WithCache(parent?.Config.Other, inlineCache?.Invoke(root?.Snapshot)),
        };
        var configDescriptor = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig);
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = configDescriptor, Layers = layers, Annotations = Sorted(annotations) };
        ImageLaws.Require(manifest, config);
        var manifestDescriptor = store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest);
        return new BuiltImage(manifestDescriptor with { Platform = platform }, configDescriptor.Digest, platform, parent, root?.Snapshot);
    }

    /// <summary>A base's own cache is not that of the images built on it.</summary>
    private static Dictionary<string, JsonElement>? WithCache(Dictionary<string, JsonElement>? other, CacheDocument? cache)
    {
        if (cache is null && other?.ContainsKey(CacheDocument.InlineKey) != true)
        {
            return other;
        }

        var all = new Dictionary<string, JsonElement>(other ?? [], StringComparer.Ordinal);
        all.Remove(CacheDocument.InlineKey);
        if (cache is not null)
        {
            all[CacheDocument.InlineKey] = cache.ToElement();
        }

        return all.Count == 0 ? null : all;
    }

    /// <summary>What cannot be a layer is the fault of the instruction that left it.</summary>
    private LayerInfo Describe(Vertex step, Snapshot snapshot, LayerOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return store.Layers.Describe(snapshot, options, cancellationToken);
        }
        catch (Diagnostics.BuilderException e) when (step.SourceSpan is { } span)
        {
            throw e.At(span);
        }
    }

    /// <summary>Null for none, so that an image without annotations has the bytes that it always had.</summary>
    private static SortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string>? annotations) =>
        annotations is { Count: > 0 } ? new SortedDictionary<string, string>(annotations.ToDictionary(), StringComparer.Ordinal) : null;

    /// <summary>No file of a layer is younger than its step, so that the clock does not get into it.</summary>
    internal static LayerOptions OptionsFor(BuilderStore store, ImageBlueprint blueprint, bool rewriteTimestamps, Snapshot layer) =>
        rewriteTimestamps ? new LayerOptions { SourceDateEpoch = (blueprint.SourceDateEpoch ?? store.Snapshots.CreatedOf(layer))?.ToUnixTimeSeconds() } : LayerOptions.Default;

    /// <summary>The steps stay in the history, as steps without a layer; the layer that they became has an entry of its own.</summary>
    private static void Squash(SquashMode squash, LayerInfo layer, DateTimeOffset? created, List<Descriptor> layers, List<DiffId> diffIds, List<HistoryEntry> history)
    {
        if (squash == SquashMode.All)
        {
            layers.Clear();
            diffIds.Clear();
            for (var i = 0; i < history.Count; i++)
            {
                history[i] = history[i] with { EmptyLayer = true };
            }
        }

        if (!layer.IsEmpty)
        {
            layers.Add(layer.Descriptor());
            diffIds.Add(layer.DiffId);
            history.Add(new HistoryEntry { Created = created, Comment = "squashed" });
        }
    }

    /// <summary>
    /// A layer of a chosen epoch has other times than its files; then only unpacking tells what it comes to. Where files are only
    /// kept from being younger than their step, copies out of the snapshot see to the same.
    /// </summary>
    private void Adopt(IReadOnlyList<DiffId> diffIds, Snapshot snapshot, ImageBlueprint blueprint)
    {
        if (blueprint.SourceDateEpoch is null)
        {
            store.Snapshots.Adopt(ChainId.Stack(diffIds)[^1], snapshot);
        }
    }

    /// <summary>Entries without a layer have the time of the step before them, the first ones that of the step after them.</summary>
    private DateTimeOffset? TimeOf(ImageBlueprint blueprint, Snapshot? snapshot) =>
        blueprint.SourceDateEpoch ?? clock ?? (snapshot is null ? null : store.Snapshots.CreatedOf(snapshot));

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
}
