using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Tree;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// The JSON form of arguments. Whatever is not a valid JSON array as a whole is silently something else (a shell's
/// <c>[ -f x ]</c>); a valid array of anything but strings is an error.
/// </summary>
internal static class JsonForm
{
    // Deep enough for nobody to notice; the reader does not recurse.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 10_000 };

    public static ImmutableArray<Word>? Read(InstructionText text) => Read(text, text.Recorder);

    /// <param name="recorder">Told of the elements; null when the array is only looked at.</param>
    public static ImmutableArray<Word>? Read(InstructionText text, TokenRecorder? recorder)
    {
        var arguments = text.Arguments.SpanOf(text.Line.Text);
        if (!arguments.StartsWith('['))
        {
            return null;
        }

        var utf8 = new byte[Encoding.UTF8.GetByteCount(arguments)];
        Encoding.UTF8.GetBytes(arguments, utf8);
        var words = ImmutableArray.CreateBuilder<Word>();
        var places = new List<Token>();
        DockerfileException? wrong = null;
        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            var (bytes, characters) = (0, text.Arguments.Start);
            reader.Read();
            while (reader.Read())
            {
                if (reader.CurrentDepth != 1 || reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject)
                {
                    continue;
                }

                // Positions are bytes in the JSON and characters in the file.
                var start = characters += Encoding.UTF8.GetCharCount(utf8, bytes, (int)reader.TokenStartIndex - bytes);
                var end = characters += Encoding.UTF8.GetCharCount(utf8, (int)reader.TokenStartIndex, (int)(reader.BytesConsumed - reader.TokenStartIndex));
                bytes = (int)reader.BytesConsumed;
                if (reader.TokenType == JsonTokenType.String)
                {
                    places.Add(new Token(start, end));
                    words.Add(new Word(reader.GetString()!, text.Line.SpanOf(start, end)));
                }
                else
                {
                    wrong ??= text.Error(
                        DockerfileErrors.InvalidJsonForm,
                        "when using JSON array syntax, arrays must be comprised of strings only",
                        text.Line.SpanOf(start, end));
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // An escape sequence for half of a surrogate pair: no text, so no JSON string.
            return null;
        }

        recorder?.MarkRest(text.Arguments, isJson: true);
        places.ForEach(place => recorder?.Mark(TokenKind.JsonString, place));
        return wrong is null ? words.DrainToImmutable() : throw wrong;
    }
}
