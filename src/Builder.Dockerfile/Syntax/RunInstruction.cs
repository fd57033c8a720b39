using System.Collections.Immutable;

namespace Builder.Dockerfile.Syntax;

/// <summary><c>RUN [--mount=…]… [--network=…] [--security=…] [--device=…]… COMMAND</c>.</summary>
public sealed record RunInstruction(InstructionHeader Header, CommandLine Command) : Instruction(Header)
{
    /// <summary>In the order they were written; values still unexpanded, see <see cref="RunMountParser"/>.</summary>
    public ImmutableArray<MountFlag> Mounts { get; init; } = [];

    /// <summary>Null when the flag was not given: the build's own default applies.</summary>
    public RunNetwork? Network { get; init; }

    public RunSecurity Security { get; init; }

    /// <summary>The values of <c>--device</c>, as written.</summary>
    public ImmutableArray<Word> Devices { get; init; } = [];
}

/// <summary>The values of <c>RUN --network</c>.</summary>
public enum RunNetwork
{
    Default,
    None,
    Host,
}

/// <summary>The values of <c>RUN --security</c>.</summary>
public enum RunSecurity
{
    Sandbox,
    Insecure,
}
