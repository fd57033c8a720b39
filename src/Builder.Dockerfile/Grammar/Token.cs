namespace Builder.Dockerfile.Grammar;

/// <summary>Where a part of a text begins and ends.</summary>
internal readonly record struct Token(int Start, int End)
{
    public bool IsEmpty => Start == End;

    public string Of(string text) => text[Start..End];

    public ReadOnlySpan<char> SpanOf(string text) => text.AsSpan(Start, End - Start);
}
