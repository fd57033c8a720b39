using System.Collections.Immutable;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Grammar;

/// <summary>ENV and LABEL: <c>K=V…</c>, or <c>K V</c> when the first word has no equals sign.</summary>
internal static class KeyValueGrammar
{
    public static Instruction ParseEnv(InstructionText text)
    {
        var pairs = Parse(text, out var legacy);
        return new EnvInstruction(text.Header, pairs) { IsLegacyForm = legacy };
    }

    public static Instruction ParseLabel(InstructionText text)
    {
        var pairs = Parse(text, out var legacy);
        return new LabelInstruction(text.Header, pairs) { IsLegacyForm = legacy };
    }

    /// <summary>What is before and behind the first equals sign; without one, the second is null.</summary>
    public static (Word Key, Word? Value) Split(Word word)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? (word, null)
            : (Part(word, 0, equals), Part(word, equals + 1, word.Text.Length - equals - 1));
    }

    private static ImmutableArray<KeyValue> Parse(InstructionText text, out bool legacy)
    {
        text.RejectFlags();
        var words = text.QuotedWords();
        if (words.IsEmpty)
        {
            throw text.Invalid($"{text.Name} requires at least one argument");
        }

        legacy = !words[0].Text.Contains('=', StringComparison.Ordinal);
        return legacy ? [LegacyPair(text)] : [.. words.Select(word => Pair(text, word))];
    }

    private static KeyValue Pair(InstructionText text, Word word)
    {
        var (key, value) = Split(word);
        if (value is null)
        {
            throw text.Invalid(
                $"Syntax error - can't find = in \"{word.Text}\". Must be of the form: name=value", word,
                "quote a value that has blanks in it");
        }

        return NotBlank(text, new KeyValue(key, value));
    }

    private static KeyValue LegacyPair(InstructionText text)
    {
        var source = text.Line.Text;
        var (start, end) = text.Arguments;
        var keyEnd = start;
        while (keyEnd < end && !WordGrammar.IsSeparator(source[keyEnd]))
        {
            keyEnd++;
        }

        var valueStart = keyEnd;
        while (valueStart < end && WordGrammar.IsSeparator(source[valueStart]))
        {
            valueStart++;
        }

        text.Recorder?.Unmark(start);
        text.Recorder?.Mark(TokenKind.Key, new Token(start, keyEnd));
        text.Recorder?.MarkRest(new Token(valueStart, end), isJson: false);
        return valueStart < end
            ? NotBlank(text, new KeyValue(text.Line.Word(start, keyEnd), text.Line.Word(valueStart, end)))
            : throw text.Invalid($"{text.Name} must have two arguments");
    }

    private static KeyValue NotBlank(InstructionText text, KeyValue pair) =>
        pair.Key.Text.Length > 0 ? pair : throw text.Invalid($"{text.Name} names can not be blank", pair.Value);

    private static Word Part(Word word, int start, int length) =>
        new(word.Text.Substring(start, length), word.SpanOf(start, length));
}
