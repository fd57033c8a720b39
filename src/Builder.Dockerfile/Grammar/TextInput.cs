using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// A stretch of a text for Sprache to parse. Sprache's own input allocates a dictionary and counts lines for every
/// character; this one is three words, and <see cref="Tokens"/> moves it over whole runs at once, so that a grammar
/// costs something per token and not per character.
/// </summary>
internal sealed class TextInput(string source, int position, int end) : IInput
{
    public string Source => source;

    public int Position => position;

    public int End => end;

    public bool AtEnd => position >= end;

    public char Current => source[position];

    /// <summary>Lines and columns belong to the file, see <see cref="Text.LogicalLine.SpanOf"/>.</summary>
    public int Line => 1;

    public int Column => position + 1;

    /// <summary>Needed for left recursion only, of which there is none here.</summary>
    public IDictionary<object, object> Memos => throw new NotSupportedException();

    public IInput Advance() => MoveTo(position + 1);

    public TextInput MoveTo(int target) => new(source, target, end);

    public bool Equals(IInput? other) => other is not null && other.Position == position && ReferenceEquals(other.Source, source);

    public override bool Equals(object? obj) => Equals(obj as IInput);

    public override int GetHashCode() => position;
}
