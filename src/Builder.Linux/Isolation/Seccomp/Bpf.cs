namespace Builder.Linux.Isolation.Seccomp;

/// <summary>The few instructions of classic BPF that a filter needs (linux/filter.h), and the answers made of them.</summary>
internal static class Bpf
{
    public const uint Allow = 0x7fff_0000;
    public const uint KillProcess = 0x8000_0000;
    public const uint Denied = 0x0005_0000 | (uint)Errno.EPERM;
    public const uint NoSuchCall = 0x0005_0000 | (uint)Errno.ENOSYS;

    public const ushort LoadWord = 0x20;
    public const ushort JumpAlways = 0x05;
    public const ushort JumpEqual = 0x15;
    public const ushort JumpGreater = 0x25;
    public const ushort JumpGreaterOrEqual = 0x35;
    public const ushort JumpAnyBit = 0x45;
    public const ushort AndConstant = 0x54;
    public const ushort ReturnConstant = 0x06;

    private const uint AlgorithmFamily = 38;
    private const uint VirtualMachineFamily = 40;
    private const uint NamespaceFlags = 0x7E02_0000;

    private static readonly uint[] HarmlessPersonalities = [0, 0x8, 0x2_0000, 0x2_0008, 0xFFFF_FFFF];

    public static BpfInstruction Load(uint offset) => new(LoadWord, 0, 0, offset);

    public static BpfInstruction Jump(int distance) => new(JumpAlways, 0, 0, (uint)distance);

    public static BpfInstruction JumpIfEqual(uint value, int ifTrue, int ifFalse) => new(JumpEqual, (byte)ifTrue, (byte)ifFalse, value);

    public static BpfInstruction JumpIfAtLeast(uint value, int ifTrue, int ifFalse) => new(JumpGreaterOrEqual, (byte)ifTrue, (byte)ifFalse, value);

    public static BpfInstruction Return(uint action) => new(ReturnConstant, 0, 0, action);

    public static BpfInstruction[] Answer(SeccompAnswer answer, SeccompArchitecture convention) => answer switch
    {
        SeccompAnswer.Allow => [Return(Allow)],
        SeccompAnswer.Deny => [Return(Denied)],
        SeccompAnswer.NoSuchCall => [Return(NoSuchCall)],
        SeccompAnswer.AllowHarmlessFamilies => [Load(convention.LowWord(0)), .. IfAny([AlgorithmFamily, VirtualMachineFamily], Denied, Allow)],
        SeccompAnswer.AllowHarmlessPersonalities => [Load(convention.LowWord(0)), .. IfAny(HarmlessPersonalities, Allow, Denied)],
        SeccompAnswer.AllowWithoutNamespaces =>
            [Load(convention.LowWord(convention.CloneFlags)), new BpfInstruction(JumpAnyBit, 0, 1, NamespaceFlags), Return(Denied), Return(Allow)],
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };

    private static IEnumerable<BpfInstruction> IfAny(uint[] values, uint then, uint otherwise) =>
        [.. values.Select((value, i) => JumpIfEqual(value, values.Length - i, 0)), Return(otherwise), Return(then)];
}
