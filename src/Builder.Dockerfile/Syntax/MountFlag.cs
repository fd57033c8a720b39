using System.Collections.Immutable;
using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>
/// One <c>RUN --mount</c> as it was written. Its values may hold variables, so that only
/// <see cref="RunMountParser.Parse"/> can tell what kind of mount it is.
/// </summary>
public sealed record MountFlag(ImmutableArray<MountField> Fields, SourceSpan Span)
{
    /// <summary>The stage, image or named context that it mounts from, as written; the variables in it are those that FROM sees.</summary>
    public Word? From => Fields.LastOrDefault(option => option.Key == "from") is { Value: { } text, Span: var span } ? new Word(text, span) : null;
}

/// <summary>One <c>KEY[=VALUE]</c> of a mount; the key in lower case, the value null when there was no <c>=</c>.</summary>
public sealed record MountField(string Key, string? Value, SourceSpan Span);
