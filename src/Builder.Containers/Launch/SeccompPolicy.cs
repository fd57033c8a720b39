using Builder.Linux.Isolation;

namespace Builder.Containers.Launch;

internal static class SeccompPolicy
{
    public static BpfInstruction[] Program(CapabilitySet granted) => [new(0x06, 0, 0, 0x7fff0000)];
}
