using Builder.Oci;
using Builder.Storage.Snapshots;

namespace Builder.Engine.Sources;

/// <summary>What a source outside this machine came to.</summary>
/// <param name="Key">What it is known by: of a download its name, bytes and time; of a repository the commit and what is taken of it.</param>
/// <param name="Snapshot">Its files.</param>
/// <param name="Time">How old it says it is; null when it does not say.</param>
internal sealed record FetchedSource(Digest Key, Snapshot Snapshot, DateTimeOffset? Time);
