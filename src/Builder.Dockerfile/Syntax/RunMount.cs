using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>A mount of a RUN, all variables expanded and all options checked. A closed hierarchy.</summary>
public abstract record RunMount
{
    private protected RunMount(string? target, SourceSpan span) => (Target, Span) = (target, span);

    /// <summary>
    /// Where it appears, as written; null when no target was given: the working directory for a bind, cache or tmpfs
    /// mount, the default place for a secret or a socket.
    /// </summary>
    public string? Target { get; }

    public SourceSpan Span { get; }
}

/// <summary>A directory or file of a stage, an image or (<paramref name="From"/> null) the build context.</summary>
/// <param name="Source">The path in there; null for its root.</param>
public sealed record BindMount(string? Target, string? From, string? Source, bool ReadOnly, SourceSpan Span) : RunMount(Target, Span);

/// <summary>A directory that outlives the build.</summary>
/// <param name="Id">Its name; null for the cleaned target.</param>
/// <param name="From">Where its first content comes from, if anywhere.</param>
/// <param name="Mode">Permission bits of a new directory; null for 0755.</param>
public sealed record CacheMount(
    string? Target, string? Id, string? From, string? Source, bool ReadOnly, CacheSharing Sharing,
    uint? Mode, uint? Uid, uint? Gid, SourceSpan Span) : RunMount(Target, Span);

/// <summary>An empty directory in memory.</summary>
/// <param name="Size">Its limit in bytes; null for none.</param>
public sealed record TmpfsMount(string? Target, long? Size, bool ReadOnly, SourceSpan Span) : RunMount(Target, Span);

/// <summary>A secret as a file, as an environment variable (<paramref name="Env"/>), or as both.</summary>
/// <param name="Id">Its name: the id, else the base name of the target.</param>
/// <param name="Mode">Null for 0400.</param>
public sealed record SecretMount(
    string? Target, string Id, string? Env, bool Required, uint? Mode, uint? Uid, uint? Gid, SourceSpan Span) : RunMount(Target, Span)
{
    /// <summary>The file it appears as; null when it is only an environment variable.</summary>
    public string? File => Target ?? (Env is null ? "/run/secrets/" + Id[(Id.LastIndexOf('/') + 1)..] : null);
}

/// <summary>The socket of an SSH agent.</summary>
/// <param name="Id">Which of the agents given to the build; <c>default</c> when not said.</param>
/// <param name="Mode">Null for 0600.</param>
public sealed record SshMount(
    string? Target, string Id, bool Required, uint? Mode, uint? Uid, uint? Gid, SourceSpan Span) : RunMount(Target, Span);

/// <summary>How a cache mount behaves when two steps want it at once.</summary>
public enum CacheSharing
{
    Shared,
    Private,
    Locked,
}
