using Builder.Engine.Sources;
using Builder.Graph;
using Builder.Graph.Operations;
using Builder.Graph.Solving;
using Builder.Oci;

namespace Builder.Engine.Runners;

/// <summary>Downloads and repositories, fetched when a step needs their files.</summary>
internal sealed class SourceRunner(RemoteSources sources, IBuildEvents events, TimeProvider time)
{
    private const int ProgressStep = 1 << 20;

    public Task<Digest> KeyAsync(Operation operation, CancellationToken cancellationToken) => sources.KeyOfAsync(operation, cancellationToken);

    public async Task<StepResult> RunAsync(Vertex vertex, CancellationToken cancellationToken)
    {
        var told = 0L;
        var source = await sources.FetchAsync(
            vertex.Operation,
            (bytes, total) =>
            {
                if (bytes == total || bytes - told >= ProgressStep)
                {
                    told = bytes;
                    events.Publish(new VertexProgress(vertex, time.GetUtcNow(), "download", bytes, total));
                }
            },
            cancellationToken);
        return new StepResult(source.Snapshot, source.Time);
    }
}
