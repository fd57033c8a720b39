using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary>What COPY and ADD have in common: sources, a destination, and what the copies shall look like.</summary>
public abstract record TransferInstruction : Instruction
{
    private protected TransferInstruction(InstructionHeader header)
        : base(header)
    {
    }

    /// <summary>The sources that are paths, URLs or repositories, to be expanded; copied before the here-documents.</summary>
    public required ImmutableArray<Word> Sources { get; init; }

    /// <summary>The sources that are here-documents: each a file named like its delimiter.</summary>
    public ImmutableArray<Heredoc> Heredocs { get; init; } = [];

    public required Word Destination { get; init; }

    /// <summary><c>USER[:GROUP]</c>, to be expanded.</summary>
    public Word? Chown { get; init; }

    /// <summary>Octal or symbolic, to be expanded.</summary>
    public Word? Chmod { get; init; }

    /// <summary>Whether the copy is a layer of its own that does not look at what lies below it.</summary>
    public bool Link { get; init; }

    /// <summary>Patterns in the syntax of ignore files; never expanded.</summary>
    public ImmutableArray<Word> Excludes { get; init; } = [];
}
