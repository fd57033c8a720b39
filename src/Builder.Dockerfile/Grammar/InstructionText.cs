using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// A logical line on its way to an <see cref="Instruction"/>: the keyword is cut off at birth, then the flags, then the
/// instruction's own grammar reads the arguments that are left.
/// </summary>
internal sealed class InstructionText
{
    private readonly LogicalLineReader reader;

    private InstructionText(LogicalLine line, LogicalLineReader reader, char escape, Token keyword, Token arguments)
    {
        (Line, this.reader, Escape, Arguments) = (line, reader, escape, arguments);
        Keyword = line.Word(keyword.Start, keyword.End);
        Name = Keyword.Text.ToUpperInvariant();
    }

    public LogicalLine Line { get; }

    public char Escape { get; }

    public Word Keyword { get; }

    /// <summary>The keyword in upper case.</summary>
    public string Name { get; }

    /// <summary>What is not read yet of the line, without blanks at its ends.</summary>
    public Token Arguments { get; private set; }

    /// <summary>The header, once the here-documents that the instruction ends with have been read.</summary>
    public InstructionHeader Header =>
        new(Keyword, Line.Text.Trim(), Line.Source.Span(Line.Start, reader.LastLineEnd - Line.Start), Line.Comments)
        {
            EmptyContinuation = Line.EmptyContinuation,
        };

    public static InstructionText Cut(LogicalLine line, LogicalLineReader reader, char escape) =>
        Cut(line, reader, escape, new Token(0, line.Text.Length));

    private static InstructionText Cut(LogicalLine line, LogicalLineReader reader, char escape, Token all)
    {
        var (start, end) = Trim(line.Text, all);
        var behind = start;
        while (behind < end && !WordGrammar.IsSeparator(line.Text[behind]))
        {
            behind++;
        }

        return new InstructionText(line, reader, escape, new Token(start, behind), Trim(line.Text, new Token(behind, end)));
    }

    /// <summary>The arguments as an instruction of their own (ONBUILD).</summary>
    public InstructionText Inner() => Cut(Line, reader, Escape, Arguments);

    /// <summary>Takes the leading <c>--flags</c> off the arguments, and the <c>--</c> that may end them.</summary>
    public IReadOnlyList<Token> TakeFlagWords()
    {
        var flags = FlagGrammar.Flags(Escape)(Input).Value.ToList();
        if (flags.Count == 0)
        {
            return flags;
        }

        var terminator = flags.FindIndex(flag => FlagGrammar.Decode(flag.SpanOf(Line.Text), Escape) == "--");
        var last = terminator < 0 ? flags.Count - 1 : terminator;
        Arguments = Trim(Line.Text, new Token(flags[last].End, Arguments.End));
        return terminator < 0 ? flags : flags[..terminator];
    }

    public Flags TakeFlags(params ReadOnlySpan<FlagDefinition> definitions) => Flags.Read(this, TakeFlagWords(), definitions);

    /// <summary>For instructions that have no flags.</summary>
    public void RejectFlags() => Flags.Read(this, TakeFlagWords(), []);

    /// <summary>Words between blanks, quotes being characters like others.</summary>
    public ImmutableArray<Word> PlainWords() => Words(WordGrammar.PlainWords);

    /// <summary>Words between blanks that are neither quoted nor escaped; quotes and escapes stay.</summary>
    public ImmutableArray<Word> QuotedWords() => Words(WordGrammar.QuotedWords(Escape));

    /// <summary>All that is left as one word, which may be empty.</summary>
    public Word Rest() => Line.Word(Arguments.Start, Arguments.End);

    /// <summary>All that is left as the one word that the instruction needs.</summary>
    public Word RequiredRest() =>
        Arguments.IsEmpty ? throw Invalid($"{Name} requires exactly one argument") : Rest();

    /// <summary>The elements when the arguments are a JSON array, else null.</summary>
    public ImmutableArray<Word>? JsonWords() => JsonForm.Read(this);

    /// <summary>Reads the bodies of the here-documents that the arguments open.</summary>
    public ImmutableArray<Heredoc> TakeHeredocs() =>
        [.. HeredocGrammar.Openings(Line.Text, Arguments).Select(opening => opening.ReadBody(Line, reader))];

    /// <summary>A complaint about the arguments.</summary>
    public DockerfileException Invalid(string message, Word? culprit = null, string? hint = null) =>
        Error(DockerfileErrors.InvalidArguments, message, culprit?.Span, hint);

    public DockerfileException Error(ErrorCode code, string message, SourceSpan? span = null, string? hint = null) =>
        new(code, message, hint, span ?? (Arguments.IsEmpty ? Keyword.Span : Rest().Span));

    private TextInput Input => new(Line.Text, Arguments.Start, Arguments.End);

    private ImmutableArray<Word> Words(Parser<IEnumerable<Token>> grammar) =>
        [.. grammar(Input).Value.Select(token => Line.Word(token.Start, token.End))];

    private static Token Trim(string text, Token token)
    {
        var start = token.End - token.SpanOf(text).TrimStart().Length;
        return new Token(start, start + text.AsSpan(start, token.End - start).TrimEnd().Length);
    }
}
