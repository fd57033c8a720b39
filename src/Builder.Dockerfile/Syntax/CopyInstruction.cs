namespace Builder.Dockerfile.Syntax;

/// <summary><c>COPY [--from=X] [--chown=U] [--chmod=M] [--link] [--parents] [--exclude=P]… SRC… DEST</c>.</summary>
public sealed record CopyInstruction(InstructionHeader Header) : TransferInstruction(Header)
{
    /// <summary>A stage's index or name, a named context, or an image; null for the build context. The variables in it are those that FROM sees.</summary>
    public Word? From { get; init; }

    /// <summary>Whether each source keeps its directories below the destination.</summary>
    public bool Parents { get; init; }
}
