namespace Builder.Dockerfile.Syntax;

/// <summary><c>FROM [--platform=P] IMAGE [AS NAME]</c>. Image and platform are expanded with global ARGs only.</summary>
public sealed record FromInstruction(InstructionHeader Header) : Instruction(Header)
{
    public required Word Image { get; init; }

    public Word? Platform { get; init; }

    /// <summary>The word <c>AS</c> in the case it was written in.</summary>
    public Word? As { get; init; }

    /// <summary>The stage's name as written; see <see cref="StageName"/>.</summary>
    public Word? Alias { get; init; }

    /// <summary>The stage's name, in lower case: names are not case-sensitive.</summary>
    public string? StageName => Alias?.Text.ToLowerInvariant();

    /// <summary>What the comments above say of the stage; null when they say nothing or it has no name.</summary>
    public string? Description => StageName is { } name ? Descriptions.Of(Comments, name) : null;
}
