using Builder.Engine.Images;
using Builder.Graph.Operations;
using Builder.Oci;
using Builder.Storage;
using Builder.Storage.Layers;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Failures;

/// <summary>Keeps what a failed step left as an image: to look into it, or to go on from it with FROM.</summary>
internal sealed class FailedStepImage(BuilderStore store, BaseImages bases)
{
    public void Keep(FailedStep step, ImageReference name, Platform platform, CancellationToken cancellationToken)
    {
        var layers = new List<Descriptor>();
        var diffIds = new List<DiffId>();
        var history = new List<HistoryEntry>();
        foreach (var snapshot in StackOf(step.Root))
        {
            var created = store.Snapshots.CreatedOf(snapshot);
            var layer = store.Layers.Describe(snapshot, new LayerOptions { SourceDateEpoch = created?.ToUnixTimeSeconds() }, cancellationToken);
            if (layer.IsEmpty)
            {
                continue;
            }

            var blob = snapshot.DiffId is null ? layer.Descriptor() : bases.FindLayer(layer.DiffId)?.Blob ?? store.Layers.FindBlob(layer.DiffId) ?? layer.Descriptor();
            layers.Add(MediaTypeFamilies.ToOci(blob));
            diffIds.Add(layer.DiffId);
            history.Add(new HistoryEntry { Created = created, Comment = "of a build that failed" });
        }

        var run = step.Vertex.Operation as RunOperation;
        var config = new ImageConfig
        {
            Created = step.Root is null ? null : store.Snapshots.CreatedOf(step.Root),
            Architecture = platform.Architecture,
            Os = platform.Os,
            Variant = platform.Variant,
            Execution = new ExecutionConfig { Env = run?.Environment, WorkingDir = run?.WorkingDirectory, User = run?.User, Cmd = ["/bin/sh"] },
            RootFs = new RootFs { DiffIds = diffIds },
            History = history,
        };
        var manifest = new ImageManifest { MediaType = MediaTypes.OciManifest, Config = store.Content.Put(OciJson.Write(config), MediaTypes.OciConfig), Layers = layers };
        ImageLaws.Require(manifest, config);
        store.Names.Set(name, store.Content.Put(OciJson.Write(manifest), MediaTypes.OciManifest) with { Platform = platform });
    }

    private Stack<Snapshot> StackOf(Snapshot? top)
    {
        var stack = new Stack<Snapshot>();
        for (; top is not null; top = store.Snapshots.ParentOf(top))
        {
            stack.Push(top);
        }

        return stack;
    }
}
