namespace Builder.Dockerfile.Syntax;

/// <summary>
/// <c>ADD [--checksum=D] [--keep-git-dir] [--unpack] [--chown=U] [--chmod=M] [--link] [--exclude=P]… SRC… DEST</c>.
/// </summary>
public sealed record AddInstruction(InstructionHeader Header) : TransferInstruction(Header)
{
    /// <summary>The digest of a URL's content, or a git commit; to be expanded.</summary>
    public Word? Checksum { get; init; }

    public bool KeepGitDirectory { get; init; }

    /// <summary>Whether archives are extracted; null: local ones are, downloaded ones are not.</summary>
    public bool? Unpack { get; init; }
}
