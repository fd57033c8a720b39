namespace Builder.Dockerfile.Tree;

/// <summary>
/// A stretch of the text and what it is. Tokens do not overlap and leave nothing out: put one behind the other they are
/// the file.
/// </summary>
/// <param name="Start">The offset of its first character, in UTF-16 units.</param>
/// <param name="End">The offset behind its last character.</param>
/// <param name="IsContinued">
/// A continuation runs through the token, and this is not its first piece: <c>RU\⏎N</c> is a keyword of two pieces.
/// </param>
public readonly record struct SyntaxToken(TokenKind Kind, int Start, int End, bool IsContinued = false)
{
    public int Length => End - Start;
}
