using Builder.Oci;

namespace Builder.Graph.Solving;

/// <summary>Something that happened to a vertex. The solver tells the fate, the runner the rest.</summary>
public abstract record BuildEvent(Vertex Vertex, DateTimeOffset Time);

/// <summary>It was not known and is run now.</summary>
/// <param name="Key">What its cache key is made of; null for a source, which has none.</param>
public sealed record VertexStarted(Vertex Vertex, DateTimeOffset Time, KeyExplanation? Key) : BuildEvent(Vertex, Time);

/// <summary>Why its result was not known; told after it was started, to those who asked.</summary>
/// <param name="Why">One line without the step's name.</param>
public sealed record VertexMissed(Vertex Vertex, DateTimeOffset Time, string Why) : BuildEvent(Vertex, Time);

/// <summary>Its result was known.</summary>
/// <param name="Key">Under which it was known by definition; for those who want to know what it once took.</param>
public sealed record VertexCached(Vertex Vertex, DateTimeOffset Time, Digest? Key = null) : BuildEvent(Vertex, Time);

/// <summary>Nobody needed its result, because what is made of it was known. Told at the end of a build that worked.</summary>
/// <param name="Key">Under which it would have been looked for.</param>
public sealed record VertexSkipped(Vertex Vertex, DateTimeOffset Time, Digest? Key = null) : BuildEvent(Vertex, Time);

/// <summary>It was started and is done.</summary>
public sealed record VertexCompleted(Vertex Vertex, DateTimeOffset Time) : BuildEvent(Vertex, Time);

/// <summary>It failed, and the build with it. At most one vertex of a build does, unless the build keeps going.</summary>
public sealed record VertexFailed(Vertex Vertex, DateTimeOffset Time, Exception Error) : BuildEvent(Vertex, Time);

/// <summary>It was started, and stopped because another one failed or the user gave up.</summary>
public sealed record VertexCanceled(Vertex Vertex, DateTimeOffset Time) : BuildEvent(Vertex, Time);

/// <summary>Bytes that the step wrote, as it wrote them.</summary>
/// <param name="Stream">1 for standard output, 2 for standard error.</param>
public sealed record VertexLog(Vertex Vertex, DateTimeOffset Time, int Stream, ReadOnlyMemory<byte> Data) : BuildEvent(Vertex, Time);

/// <summary>A transfer on behalf of the step: <paramref name="Name"/> is what is moved, amounts are in bytes.</summary>
/// <param name="Total">Null when it is not known.</param>
public sealed record VertexProgress(Vertex Vertex, DateTimeOffset Time, string Name, long Current, long? Total) : BuildEvent(Vertex, Time);

/// <summary>A remark for the user about the step.</summary>
public sealed record VertexWarning(Vertex Vertex, DateTimeOffset Time, Diagnostics.Diagnostic Warning) : BuildEvent(Vertex, Time);

/// <summary>What the processes of a step have used, told when they have ended.</summary>
/// <param name="PeakMemory">Bytes: of all together when the step had a control group for memory, else of the biggest process; null when nobody counted.</param>
/// <param name="ReadBytes">From block devices.</param>
public sealed record VertexUsage(Vertex Vertex, DateTimeOffset Time, TimeSpan CpuTime, long? PeakMemory, long ReadBytes, long WrittenBytes) : BuildEvent(Vertex, Time);
