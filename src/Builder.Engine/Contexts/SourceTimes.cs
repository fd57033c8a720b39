using Builder.Engine.Sources;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;

namespace Builder.Engine.Contexts;

/// <summary>How old sources say they are: commit times, Last-Modified. A folder does not say.</summary>
internal sealed class SourceTimes(MainContext context, RemoteSources sources) : ISourceTimes
{
    public async Task<DateTimeOffset?> TimeOfAsync(Operation source, CancellationToken cancellationToken) => source switch
    {
        ContextOperation { Name: ContextOperation.MainName } => context.Time,
        ContextOperation => null,
        _ => (await sources.FetchAsync(source, (_, _) => { }, cancellationToken)).Time,
    };
}
