namespace Builder.Linux.Isolation.Seccomp;

/// <summary>Which system calls a container may make: Docker's default policy, none, or a profile of the user's.</summary>
public sealed record SeccompPolicy
{
    private readonly SeccompProfile? profile;

    private SeccompPolicy(SeccompProfile? profile, bool isUnconfined) => (this.profile, IsUnconfined) = (profile, isUnconfined);

    public static SeccompPolicy Default { get; } = new(null, isUnconfined: false);

    /// <summary>No filter at all.</summary>
    public static SeccompPolicy Unconfined { get; } = new(null, isUnconfined: true);

    public static SeccompPolicy Of(SeccompProfile profile) => new(profile, isUnconfined: false);

    public bool IsUnconfined { get; }

    /// <summary>Whether it is Docker's default.</summary>
    public bool IsDefault => profile is null && !IsUnconfined;

    /// <summary>The program for this machine.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="LinuxErrors.SeccompProfile"/>.</exception>
    public ReadOnlySpan<BpfInstruction> Compile(CapabilitySet granted) =>
        profile is null
            ? SeccompProgram.ForThisMachine(granted)
            : CompilerOf(profile, granted).Compile();

    /// <summary>The same as rules without conditions, for a runtime that compiles them itself; null for no filter.</summary>
    /// <exception cref="Diagnostics.BuilderException"><see cref="LinuxErrors.SeccompProfile"/>.</exception>
    public SeccompProfile? ResolveFor(CapabilitySet granted) =>
        IsUnconfined ? null
        : profile is null ? SeccompDefaultRules.For(SeccompArchitecture.Native, granted)
        : CompilerOf(profile, granted).Resolve();

    private static SeccompProfileCompiler CompilerOf(SeccompProfile profile, CapabilitySet granted) =>
        new(profile, SeccompArchitecture.Native, granted, SeccompProfileCompiler.KernelVersion(Environment.OSVersion.Version.ToString()));
}
