using Builder.Diagnostics;
using Builder.Graph.Inspection;

namespace Builder.Engine.Inspection;

/// <summary>What <c>build --check</c> has to say.</summary>
/// <param name="Source">The file.</param>
/// <param name="Unseen">Base images that could not be looked at: what depends on their configs was not checked.</param>
public sealed record CheckedDockerfile(SourceText Source, CheckReport Report, IReadOnlyList<UnseenImage> Unseen)
{
    /// <summary>Whether anything is wrong.</summary>
    public bool HasFindings => Report.Warnings.Count > 0 || Report.Error is not null;
}
