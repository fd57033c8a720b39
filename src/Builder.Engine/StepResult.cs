using Builder.Storage.Snapshots;

namespace Builder.Engine;

/// <summary>What a vertex leaves behind: a root file system to build upon.</summary>
/// <param name="Snapshot">Null for the empty file system.</param>
internal sealed record StepResult(Snapshot? Snapshot);
