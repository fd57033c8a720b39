using Builder.Diagnostics;

namespace Builder.Dockerfile.Syntax;

/// <summary>
/// A stretch of an instruction as it was written: nothing expanded, quotes and escapes still in place (an element of a
/// JSON array is decoded). <see cref="Text"/> is what remains after continuations were joined, so it can be shorter
/// than <see cref="Span"/>, which covers everything from its first to its last character in the file.
/// </summary>
public sealed record Word(string Text, SourceSpan Span)
{
    public override string ToString() => Text;

    /// <summary>The place of a part of this word; the whole word when a continuation runs through it.</summary>
    internal SourceSpan SpanOf(int start, int length) =>
        Span.Length == Text.Length ? Span.Source.Span(Span.Start + start, length) : Span;
}
