using System.Text.Json;
using System.Text.Json.Serialization;
using Builder.Diagnostics;

namespace Builder.Linux.Isolation.Seccomp;

/// <summary>
/// A system call policy as Docker and the OCI runtime specification write it in JSON. Numbers of calls and names of capabilities are
/// not looked at yet: <see cref="SeccompProfileCompiler"/> does that for one machine.
/// </summary>
public sealed record SeccompProfile
{
    public required string DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary>Docker's form: for each machine the conventions to let in beside its own.</summary>
    public IReadOnlyList<SeccompArchitectureMap>? ArchMap { get; init; }

    /// <summary>The runtime's form: all conventions to let in.</summary>
    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<SeccompRule>? Syscalls { get; init; }

    public string? ListenerPath { get; init; }

    /// <exception cref="BuilderException"><see cref="LinuxErrors.SeccompProfile"/>.</exception>
    public static SeccompProfile Parse(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            var profile = JsonSerializer.Deserialize(json, SeccompProfileJson.Default.SeccompProfile) ?? throw new JsonException("it is null");
            return profile.ListenerPath is null
                ? profile
                : throw new BuilderException(LinuxErrors.SeccompProfile, $"{name}: listenerPath is not supported", "leave it out: system calls are answered by rules alone");
        }
        catch (JsonException exception)
        {
            throw new BuilderException(LinuxErrors.SeccompProfile, $"{name} is not a system call policy: {exception.Message}", "its form is that of docker's --security-opt seccomp=FILE", inner: exception);
        }
    }
}

public sealed record SeccompArchitectureMap(string Architecture, IReadOnlyList<string>? SubArchitectures);

/// <summary>Some system calls and what is answered when all of <see cref="Args"/> hold.</summary>
public sealed record SeccompRule
{
    public IReadOnlyList<string>? Names { get; init; }

    public string? Name { get; init; }

    public required string Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public IReadOnlyList<SeccompArgument>? Args { get; init; }

    /// <summary>The rule counts only if all of this holds.</summary>
    public SeccompCondition? Includes { get; init; }

    /// <summary>The rule counts only if none of this holds.</summary>
    public SeccompCondition? Excludes { get; init; }

    internal IEnumerable<string> AllNames => [.. Names ?? [], .. Name is { } one ? [one] : Array.Empty<string>()];
}

/// <param name="Op">SCMP_CMP_*; of <c>MASKED_EQ</c> the first value is the mask.</param>
public sealed record SeccompArgument(int Index, ulong Value, ulong ValueTwo, string Op);

public sealed record SeccompCondition(IReadOnlyList<string>? Caps, IReadOnlyList<string>? Arches, string? MinKernel);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Disallow)]
[JsonSerializable(typeof(SeccompProfile))]
internal sealed partial class SeccompProfileJson : JsonSerializerContext;
