using Builder.Diagnostics;

namespace Builder.Graph.Inspection;

/// <summary>What a target takes from outside: from it and the stages that it needs, in the order of the text, each name once.</summary>
/// <param name="Name">The target's name, if it has one.</param>
public sealed record Outline(
    string? Name,
    string? Description,
    IReadOnlyList<OutlineArgument> Arguments,
    IReadOnlyList<OutlineMount> Secrets,
    IReadOnlyList<OutlineMount> Agents,
    IReadOnlyList<OutlineCache> Caches);

/// <summary>A build argument.</summary>
/// <param name="Value">What it has now: given, default, or none.</param>
/// <param name="Span">Its first declaration.</param>
public sealed record OutlineArgument(string Name, string? Description, string? Value, SourceSpan Span);

/// <summary>A secret or an SSH agent, by its id.</summary>
/// <param name="IsRequired">Whether any step fails without it.</param>
/// <param name="Span">The first step that mounts it, or that an ADD would open its source with.</param>
public sealed record OutlineMount(string Id, bool IsRequired, SourceSpan? Span);

/// <summary>A cache mount, by its id.</summary>
public sealed record OutlineCache(string Id, SourceSpan? Span);
