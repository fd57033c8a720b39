using Builder.Storage.Snapshots;

namespace Builder.Engine;

/// <summary>What a vertex leaves behind: a root file system to build upon.</summary>
/// <param name="Snapshot">Null for the empty file system.</param>
/// <param name="Created">When the step was run; null for what was not made here.</param>
internal sealed record StepResult(Snapshot? Snapshot, DateTimeOffset? Created);
