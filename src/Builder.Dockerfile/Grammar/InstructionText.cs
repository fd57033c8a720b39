using System.Collections.Immutable;
using Builder.Diagnostics;
using Builder.Dockerfile.Syntax;
using Builder.Dockerfile.Text;
using Builder.Dockerfile.Tree;
using Sprache;

namespace Builder.Dockerfile.Grammar;

/// <summary>
/// A logical line on its way to an <see cref="Instruction"/>: the keyword is cut off at birth, then the flags, then the
/// instruction's own grammar reads the arguments that are left.
/// </summary>
internal sealed class InstructionText
{
    private readonly LogicalLineReader reader;
    private readonly List<Token> places = [];
    private bool heredocsAreTaken;

    private InstructionText(LogicalLine line, LogicalLineReader reader, char escape, Token keyword, Token arguments)
    {
        (Line, this.reader, Escape, Arguments) = (line, reader, escape, arguments);
        Keyword = line.Word(keyword.Start, keyword.End);
        Name = Keyword.Text.ToUpperInvariant();
        Recorder?.Mark(TokenKind.Keyword, keyword);
    }

    public LogicalLine Line { get; }

    public char Escape { get; }

    /// <summary>Takes notes of what the grammars recognise; null when nobody wants any.</summary>
    public TokenRecorder? Recorder => reader.Recorder;

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

        flags.ForEach(MarkFlag);
        var terminator = flags.FindIndex(flag => FlagGrammar.Decode(flag.SpanOf(Line.Text), Escape) == "--");
        var last = terminator < 0 ? flags.Count - 1 : terminator;
        Arguments = Trim(Line.Text, new Token(flags[last].End, Arguments.End));
        Recorder?.Unmark(flags[last].End);
        return terminator < 0 ? flags : flags[..terminator];
    }

    public Flags TakeFlags(params ReadOnlySpan<FlagDefinition> definitions) => Flags.Read(this, TakeFlagWords(), definitions);

    /// <summary>For instructions that have no flags.</summary>
    public void RejectFlags() => Flags.Read(this, TakeFlagWords(), []);

    /// <summary>Words between blanks, quotes being characters like others.</summary>
    public ImmutableArray<Word> PlainWords() => Words(WordGrammar.PlainWords, word => Recorder?.Mark(TokenKind.Word, word));

    /// <summary>Words between blanks that are neither quoted nor escaped; quotes and escapes stay.</summary>
    public ImmutableArray<Word> QuotedWords() => Words(WordGrammar.QuotedWords(Escape), MarkPair);

    /// <summary>One of the words that were read last turned out to be a keyword.</summary>
    public void MarkKeyword(int index) => Recorder?.Mark(TokenKind.Keyword, places[index], priority: 1);

    /// <summary>All that is left as one word, which may be empty.</summary>
    public Word Rest()
    {
        Recorder?.MarkRest(Arguments, isJson: false);
        return Line.Word(Arguments.Start, Arguments.End);
    }

    /// <summary>All that is left as the one word that the instruction needs.</summary>
    public Word RequiredRest() =>
        Arguments.IsEmpty ? throw Invalid($"{Name} requires exactly one argument") : Rest();

    /// <summary>The elements when the arguments are a JSON array, else null.</summary>
    public ImmutableArray<Word>? JsonWords() => JsonForm.Read(this);

    /// <summary>Whether the arguments are a JSON array.</summary>
    public bool IsJson => JsonForm.Read(this, recorder: null) is not null;

    /// <summary>Reads the bodies of the here-documents that the arguments open.</summary>
    public ImmutableArray<Heredoc> TakeHeredocs()
    {
        heredocsAreTaken = true;
        var openings = HeredocGrammar.Openings(Line.Text, Arguments).ToList();
        openings.ForEach(opening => Recorder?.Mark(TokenKind.HeredocOpening, opening.Place, priority: 1));
        return [.. openings.Select(opening => opening.ReadBody(Line, reader))];
    }

    /// <summary>
    /// Jumps over the here-documents of an instruction that has an error, so that their lines are not taken for
    /// instructions; also where a misspelt keyword is all that is wrong.
    /// </summary>
    public void SkipHeredocs()
    {
        if (heredocsAreTaken || Arguments.SpanOf(Line.Text).StartsWith('['))
        {
            return;
        }

        heredocsAreTaken = true;
        foreach (var opening in HeredocGrammar.Openings(Line.Text, Arguments))
        {
            if (reader.ReadHeredocBody(opening.Delimiter, opening.StripTabs, toTheEnd: false) is null)
            {
                return;
            }
        }
    }

    /// <summary>A complaint about the arguments.</summary>
    public DockerfileException Invalid(string message, Word? culprit = null, string? hint = null) =>
        Error(DockerfileErrors.InvalidArguments, message, culprit?.Span, hint);

    public DockerfileException Error(ErrorCode code, string message, SourceSpan? span = null, string? hint = null) =>
        new(code, message, hint, span ?? (Arguments.IsEmpty ? Keyword.Span : Line.SpanOf(Arguments.Start, Arguments.End)));

    private TextInput Input => new(Line.Text, Arguments.Start, Arguments.End);

    private ImmutableArray<Word> Words(Parser<IEnumerable<Token>> grammar, Action<Token> mark)
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        places.Clear();
        foreach (var token in grammar(Input).Value)
        {
            mark(token);
            places.Add(token);
            words.Add(Line.Word(token.Start, token.End));
        }

        return words.DrainToImmutable();
    }

    private void MarkFlag(Token flag)
    {
        var equals = flag.SpanOf(Line.Text).IndexOf('=');
        if (FlagGrammar.Decode(flag.SpanOf(Line.Text), Escape) == "--")
        {
            Recorder?.Mark(TokenKind.FlagsEnd, flag);
        }
        else
        {
            MarkSplit(flag, equals, TokenKind.FlagName, TokenKind.FlagValue);
        }
    }

    private void MarkPair(Token word) => MarkSplit(word, word.SpanOf(Line.Text).IndexOf('='), TokenKind.Key, TokenKind.Value);

    private void MarkSplit(Token word, int equals, TokenKind before, TokenKind behind)
    {
        if (Recorder is null)
        {
            return;
        }

        if (equals < 0)
        {
            Recorder.Mark(before, word);
            return;
        }

        Recorder.Mark(before, new Token(word.Start, word.Start + equals));
        Recorder.Mark(TokenKind.Punctuation, new Token(word.Start + equals, word.Start + equals + 1));
        Recorder.Mark(behind, new Token(word.Start + equals + 1, word.End));
    }

    private static Token Trim(string text, Token token)
    {
        var start = token.End - token.SpanOf(text).TrimStart().Length;
        return new Token(start, start + text.AsSpan(start, token.End - start).TrimEnd().Length);
    }
}
