namespace Builder.Diagnostics;

/// <summary>A stretch of a <see cref="SourceText"/>, in UTF-16 units.</summary>
public sealed record SourceSpan(SourceText Source, int Start, int Length)
{
    public int End => Start + Length;

    public int Line => Source.Position(Start).Line;

    public int Column => Source.Position(Start).Column;

    /// <summary>From the start of this span to the end of <paramref name="last"/>.</summary>
    public SourceSpan To(SourceSpan last) => this with { Length = Math.Max(0, last.End - Start) };

    /// <summary>The spanned text.</summary>
    public string Text => Source.Text.Substring(Start, Length);

    /// <summary><c>path:line:column</c>, the form that terminals and editors turn into a link.</summary>
    public override string ToString() => $"{Source.Path}:{Line}:{Column}";
}
