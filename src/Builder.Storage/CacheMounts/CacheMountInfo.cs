namespace Builder.Storage.CacheMounts;

/// <summary>One cache, as <c>builder cache ls</c> shows it.</summary>
/// <param name="Name">The short name of its folder: tells apart caches of one id with different owners or origins.</param>
/// <param name="Directories">How many directories it has: more than one after steps that had to or wanted to be alone.</param>
/// <param name="LastUsed">When a step last got hold of it.</param>
/// <param name="InUse">Whether a step has it now.</param>
public sealed record CacheMountInfo(string Name, CacheMountKey Key, int Directories, DateTimeOffset LastUsed, bool InUse);

/// <summary>How much a cache takes.</summary>
/// <param name="Bytes">The sizes of its files; one with several names counts once.</param>
public sealed record CacheMountUsage(long Files, long Bytes);
