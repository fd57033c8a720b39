namespace Builder.Dockerfile.Syntax;

/// <summary>
/// <c>HEALTHCHECK NONE</c>, or <c>HEALTHCHECK [--interval=D] [--timeout=D] [--start-period=D] [--start-interval=D]
/// [--retries=N] CMD …</c>. Durations are in nanoseconds, 0 meaning "not set".
/// </summary>
/// <param name="Command">Null for <c>NONE</c>, which switches an inherited check off.</param>
public sealed record HealthcheckInstruction(InstructionHeader Header, CommandLine? Command) : Instruction(Header)
{
    public long Interval { get; init; }

    public long Timeout { get; init; }

    public long StartPeriod { get; init; }

    public long StartInterval { get; init; }

    public int Retries { get; init; }
}
