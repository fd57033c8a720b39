using Builder.Graph.Operations;

namespace Builder.Graph.Compilation;

/// <summary>Tells how old sources are, for a SOURCE_DATE_EPOCH that names one.</summary>
public interface ISourceTimes
{
    /// <param name="source">A context, a download or a repository.</param>
    /// <returns>The commit's time, or that of the server's Last-Modified; null when the source has none.</returns>
    Task<DateTimeOffset?> TimeOfAsync(Operation source, CancellationToken cancellationToken);
}
