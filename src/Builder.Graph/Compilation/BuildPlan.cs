using Builder.Diagnostics;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>What a Dockerfile, a target and a platform come to.</summary>
/// <param name="Root">The vertex whose result is the image's file system; null when the image has no files at all.</param>
/// <param name="Warnings">What build checks found and nobody silenced, in the order of the text.</param>
public sealed record BuildPlan(Vertex? Root, ImageBlueprint Image, IReadOnlyList<Diagnostic> Warnings)
{
    /// <summary>Why nothing may be built: there are warnings, and <c>check=error=true</c> makes them errors.</summary>
    public BuilderException? CheckFailure { get; init; }
}

/// <summary>Everything about the image but the digests of its new layers.</summary>
/// <param name="Base">The image that it starts from; null when it starts from nothing.</param>
/// <param name="Config">The base's execution config with what the instructions and <c>--label</c> changed.</param>
/// <param name="Author">The base's, or that of MAINTAINER.</param>
/// <param name="Steps">The new history, in order; see <see cref="BlueprintStep.Layer"/>.</param>
public sealed record ImageBlueprint(
    ResolvedBase? Base, Platform Platform, ExecutionConfig Config, string? Author, IReadOnlyList<BlueprintStep> Steps)
{
    /// <summary>The time to use instead of now and the one no new file may be younger than; null for neither.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }
}

/// <summary>One entry of the history to write.</summary>
/// <param name="CreatedBy">Its <c>created_by</c>; null for a layer that no instruction made.</param>
/// <param name="Layer">
/// The vertex whose topmost layer belongs to the entry; null for an entry without one. Layers of the base and these, in
/// order, are the image's layers.
/// </param>
public sealed record BlueprintStep(string? CreatedBy, Vertex? Layer)
{
    /// <summary>The entry's <c>comment</c>.</summary>
    public string Comment => CreatedBy is null ? "buildkit.exporter.image.v0" : "buildkit.dockerfile.v0";
}
