using Builder.Diagnostics;

namespace Builder.Graph.Inspection;

/// <summary>A stage that can be built.</summary>
/// <param name="Name">Null for a stage that cannot be named as a target.</param>
/// <param name="Description">What the comment above its FROM says.</param>
/// <param name="IsDefault">Whether it is built when no target is named.</param>
/// <param name="Base">What its FROM names, as written.</param>
/// <param name="Platform">The platform of its FROM, as written.</param>
public sealed record TargetDescription(string? Name, string? Description, bool IsDefault, string Base, string? Platform, SourceSpan Span);
