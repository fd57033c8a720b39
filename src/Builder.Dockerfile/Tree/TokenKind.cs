namespace Builder.Dockerfile.Tree;

/// <summary>What a stretch of a Dockerfile is.</summary>
public enum TokenKind
{
    /// <summary>The byte order mark, which only the start of a file can have.</summary>
    ByteOrderMark,

    /// <summary>Blanks within a line that separate, indent or trail; blanks inside of a command's text belong to the text.</summary>
    Whitespace,

    /// <summary>The end of a physical line: its LF with the CRs before it.</summary>
    LineEnd,

    /// <summary>From the <c>#</c> to the end of its line.</summary>
    Comment,

    /// <summary>The name of a parser directive.</summary>
    DirectiveName,

    /// <summary>The value of a parser directive.</summary>
    DirectiveValue,

    /// <summary>The escape character that continues a line.</summary>
    Continuation,

    /// <summary>The word of an instruction; also <c>AS</c>, and the <c>CMD</c> or <c>NONE</c> of a health check.</summary>
    Keyword,

    /// <summary>A flag with its two dashes, without its value.</summary>
    FlagName,

    /// <summary>The value of a flag as it is written, quotes and escapes included.</summary>
    FlagValue,

    /// <summary>The lone <c>--</c> that ends flags.</summary>
    FlagsEnd,

    /// <summary>One of several arguments.</summary>
    Word,

    /// <summary>The name in a <c>name=value</c> of ENV, LABEL or ARG.</summary>
    Key,

    /// <summary>The value of a <see cref="Key"/>.</summary>
    Value,

    /// <summary>Arguments that are one text, such as a command for a shell; and what no grammar could make sense of.</summary>
    Text,

    /// <summary>An element of a JSON array, with its quotes.</summary>
    JsonString,

    /// <summary><c>#</c> and <c>=</c> of a directive, <c>=</c> of flags and pairs, brackets and commas of an array.</summary>
    Punctuation,

    /// <summary>The word that opens a here-document.</summary>
    HeredocOpening,

    /// <summary>The lines of a here-document, line ends included.</summary>
    HeredocBody,

    /// <summary>The line that ends a here-document, without its line end.</summary>
    HeredocEnd,
}
