using System.Text;
using Builder.Engine.Copying;
using Builder.Engine.Sources;
using Builder.Graph.Compilation;
using Builder.Graph.Operations;
using Builder.Linux.Files;

namespace Builder.Engine.Contexts;

/// <summary>
/// How old sources say they are (dockerfile-language.md S2): commit times, Last-Modified; an archive that came without one is as old as
/// its newest file. A folder does not say.
/// </summary>
internal sealed class SourceTimes(MainContext context, RemoteSources sources) : ISourceTimes
{
    private static readonly long MaxUnpacked = new SourceOptions().MaxUnpacked;

    public async Task<DateTimeOffset?> TimeOfAsync(Operation source, CancellationToken cancellationToken) => source switch
    {
        ContextOperation { Name: ContextOperation.MainName } => context.Time,
        ContextOperation => null,
        _ => await TimeOfRemoteAsync(source, cancellationToken),
    };

    private async Task<DateTimeOffset?> TimeOfRemoteAsync(Operation source, CancellationToken cancellationToken)
    {
        var fetched = await sources.FetchAsync(source, (_, _) => { }, cancellationToken);
        return fetched.Time is null && source is HttpOperation download
            ? await Task.Run(() => TimeInside(fetched.Snapshot.Path, download.FileName, cancellationToken), cancellationToken)
            : fetched.Time;
    }

    private static DateTimeOffset? TimeInside(string folder, string name, CancellationToken cancellationToken)
    {
        using var directory = DirectoryHandle.Open(folder);
        return ArchiveExtractor.NewestFile(directory.OpenFile(Encoding.UTF8.GetBytes(name)), MaxUnpacked, cancellationToken) is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
    }
}
