using Builder.Graph.Operations;
using Builder.Oci;

namespace Builder.Graph.Compilation;

/// <summary>What a FROM, a <c>--from</c> or a mount's <c>from</c> turned out to name.</summary>
internal abstract record Origin;

/// <summary>An earlier stage.</summary>
internal sealed record StageOrigin(int Index) : Origin;

/// <summary>Nothing.</summary>
internal sealed record ScratchOrigin : Origin;

/// <summary>An image, for the platform that was asked for.</summary>
internal sealed record ImageOrigin(ResolvedBase Image, Platform Platform) : Origin;

/// <summary>Nothing that can be found. Whoever needs it fails with the error, so that it is told beside those of other instructions.</summary>
internal sealed record FailedOrigin(Diagnostics.BuilderException Error) : Origin;

/// <summary>A named context that is no image.</summary>
internal sealed record SourceOrigin(Operation Operation) : Origin;
